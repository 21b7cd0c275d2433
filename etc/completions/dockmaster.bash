#!/bin/bash

__dockmaster_cursor_index_in_current_word() {
    local remaining="${COMP_LINE}"

    local word
    for word in "${COMP_WORDS[@]::COMP_CWORD}"; do
        remaining="${remaining##*([[:space:]])"${word}"*([[:space:]])}"
    done

    local -ir index="$((COMP_POINT - ${#COMP_LINE} + ${#remaining}))"
    if [[ "${index}" -le 0 ]]; then
        printf 0
    else
        printf %s "${index}"
    fi
}

# positional arguments:
#
# - 1: the current (sub)command's count of positional arguments
#
# required variables:
#
# - repeating_flags: the repeating flags that the current (sub)command can accept
# - non_repeating_flags: the non-repeating flags that the current (sub)command can accept
# - repeating_options: the repeating options that the current (sub)command can accept
# - non_repeating_options: the non-repeating options that the current (sub)command can accept
# - positional_number: value ignored
# - unparsed_words: unparsed words from the current command line
#
# modified variables:
#
# - non_repeating_flags: remove flags for this (sub)command that are already on the command line
# - non_repeating_options: remove options for this (sub)command that are already on the command line
# - positional_number: set to the current positional number
# - unparsed_words: remove all flags, options, and option values for this (sub)command
__dockmaster_offer_flags_options() {
    local -ir positional_count="${1}"
    positional_number=0

    local was_flag_option_terminator_seen=false
    local is_parsing_option_value=false

    local -ar unparsed_word_indices=("${!unparsed_words[@]}")
    local -i word_index
    for word_index in "${unparsed_word_indices[@]}"; do
        if "${is_parsing_option_value}"; then
            # This word is an option value:
            # Reset marker for next word iff not currently the last word
            [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]] && is_parsing_option_value=false
            unset "unparsed_words[${word_index}]"
            # Do not process this word as a flag or an option
            continue
        fi

        local word="${unparsed_words["${word_index}"]}"
        if ! "${was_flag_option_terminator_seen}"; then
            case "${word}" in
            --)
                unset "unparsed_words[${word_index}]"
                # by itself -- is a flag/option terminator, but if it is the last word, it is the start of a completion
                if [[ "${word_index}" -ne "${unparsed_word_indices[${#unparsed_word_indices[@]} - 1]}" ]]; then
                    was_flag_option_terminator_seen=true
                fi
                continue
                ;;
            -*)
                # ${word} is a flag or an option
                # If ${word} is an option, mark that the next word to be parsed is an option value
                local option
                for option in "${repeating_options[@]}" "${non_repeating_options[@]}"; do
                    [[ "${word}" = "${option}" ]] && is_parsing_option_value=true && break
                done

                # Remove ${word} from ${non_repeating_flags} or ${non_repeating_options} so it isn't offered again
                local not_found=true
                local -i index
                for index in "${!non_repeating_flags[@]}"; do
                    if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                        unset "non_repeating_flags[${index}]"
                        non_repeating_flags=("${non_repeating_flags[@]}")
                        not_found=false
                        break
                    fi
                done
                if "${not_found}"; then
                    for index in "${!non_repeating_flags[@]}"; do
                        if [[ "${non_repeating_flags[${index}]}" = "${word}" ]]; then
                            unset "non_repeating_flags[${index}]"
                            non_repeating_flags=("${non_repeating_flags[@]}")
                            break
                        fi
                    done
                fi
                unset "unparsed_words[${word_index}]"
                continue
                ;;
            esac
        fi

        # ${word} is neither a flag, nor an option, nor an option value
        if [[ "${positional_number}" -lt "${positional_count}" || "${positional_count}" -lt 0 ]]; then
            # ${word} is a positional
            ((positional_number++))
            unset "unparsed_words[${word_index}]"
        else
            if [[ -z "${word}" ]]; then
                # Could be completing a flag, option, or subcommand
                positional_number=-1
            else
                # ${word} is a subcommand or invalid, so stop processing this (sub)command
                positional_number=-2
            fi
            break
        fi
    done

    unparsed_words=("${unparsed_words[@]}")

    if\
        ! "${was_flag_option_terminator_seen}"\
        && ! "${is_parsing_option_value}"\
        && [[ ("${cur}" = -* && "${positional_number}" -ge 0) || "${positional_number}" -eq -1 ]]
    then
        COMPREPLY+=($(compgen -W "${repeating_flags[*]} ${non_repeating_flags[*]} ${repeating_options[*]} ${non_repeating_options[*]}" -- "${cur}"))
    fi
}

__dockmaster_add_completions() {
    local completion
    while IFS='' read -r completion; do
        COMPREPLY+=("${completion}")
    done < <(IFS=$'\n' compgen "${@}" -- "${cur}")
}

__dockmaster_custom_complete() {
    if [[ -n "${cur}" || -z ${COMP_WORDS[${COMP_CWORD}]} || "${COMP_LINE:${COMP_POINT}:1}" != ' ' ]]; then
        local -ar words=("${COMP_WORDS[@]}")
    else
        local -ar words=("${COMP_WORDS[@]::${COMP_CWORD}}" '' "${COMP_WORDS[@]:${COMP_CWORD}}")
    fi

    "${COMP_WORDS[0]}" "${@}" "${words[@]}"
}

_dockmaster() {
    local state
    state="$(shopt -p;shopt -po)"
    trap "${state//$'\n'/;}" RETURN
    shopt -s extglob
    set +o history +o posix

    local -xr SAP_SHELL=bash
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(IFS='.';printf %s "${BASH_VERSINFO[*]}")"
    local -r SAP_SHELL_VERSION

    local -r cur="${2}"
    local -r prev="${3}"

    local -i positional_number
    local -a unparsed_words=("${COMP_WORDS[@]:1:${COMP_CWORD}}")

    local -a repeating_flags=()
    local -a non_repeating_flags=(--version -h --help)
    local -a repeating_options=()
    local -a non_repeating_options=()
    __dockmaster_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    run|check|render|import|upgrade|version|status|list|stats|top|events|health|sockets|options|get|logs|trace|start|stop|restart|reload|signal|kill|scale|incr|decr|set|add|rm|rotate|scrub|gc|user|key|acl|help)
        # Offer subcommand argument completions
        "_dockmaster_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'run check render import upgrade version status list stats top events health sockets options get logs trace start stop restart reload signal kill scale incr decr set add rm rotate scrub gc user key acl help' -- "${cur}"))
        ;;
    esac
}

_dockmaster_run() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--config --data --logs --run --domain --https-port --http-port)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--config')
        return
        ;;
    '--data')
        return
        ;;
    '--logs')
        return
        ;;
    '--run')
        return
        ;;
    '--domain')
        return
        ;;
    '--https-port')
        return
        ;;
    '--http-port')
        return
        ;;
    esac
}

_dockmaster_check() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--config --data --logs --run --domain --https-port --http-port)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--config')
        return
        ;;
    '--data')
        return
        ;;
    '--logs')
        return
        ;;
    '--run')
        return
        ;;
    '--domain')
        return
        ;;
    '--https-port')
        return
        ;;
    '--http-port')
        return
        ;;
    esac
}

_dockmaster_render() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=(--config --data --logs --run --domain --https-port --http-port)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--config')
        return
        ;;
    '--data')
        return
        ;;
    '--logs')
        return
        ;;
    '--run')
        return
        ;;
    '--domain')
        return
        ;;
    '--https-port')
        return
        ;;
    '--http-port')
        return
        ;;
    esac
}

_dockmaster_import() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options 1
}

_dockmaster_upgrade() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_version() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options 0
}

_dockmaster_status() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_stats() {
    repeating_flags=()
    non_repeating_flags=(--children --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_top() {
    repeating_flags=()
    non_repeating_flags=(--once --processes --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --interval --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--interval')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_events() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --kinds --number -n --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--kinds')
        return
        ;;
    '--number'|'-n')
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_health() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --level --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--level')
        __dockmaster_add_completions -W 'alive'$'\n''ready'
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_sockets() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_options() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_get() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_logs() {
    repeating_flags=()
    non_repeating_flags=(-f --follow --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--logs --config -n --lines --since --until --grep --level --request)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--logs')
        return
        ;;
    '--config')
        return
        ;;
    '-n'|'--lines')
        return
        ;;
    '--since')
        return
        ;;
    '--until')
        return
        ;;
    '--grep')
        return
        ;;
    '--level')
        return
        ;;
    '--request')
        return
        ;;
    esac
}

_dockmaster_trace() {
    repeating_flags=()
    non_repeating_flags=(--last-failure --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--logs --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--logs')
        return
        ;;
    '--config')
        return
        ;;
    esac
}

_dockmaster_start() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_stop() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_restart() {
    repeating_flags=()
    non_repeating_flags=(--sequential --wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_reload() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --manner --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--manner')
        __dockmaster_add_completions -W 'signal'$'\n''replace'$'\n''sequential'$'\n''terminate'
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_signal() {
    repeating_flags=()
    non_repeating_flags=(--children --recursive --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--pid --run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--pid')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    2)
        __dockmaster_add_completions -W 'HUP'$'\n''INT'$'\n''QUIT'$'\n''KILL'$'\n''USR1'$'\n''USR2'$'\n''TERM'$'\n''CONT'$'\n''STOP'$'\n''WINCH'
        return
        ;;
    esac
}

_dockmaster_kill() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --signal --grace --pid --timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--signal')
        __dockmaster_add_completions -W 'HUP'$'\n''INT'$'\n''QUIT'$'\n''KILL'$'\n''USR1'$'\n''USR2'$'\n''TERM'$'\n''CONT'$'\n''STOP'$'\n''WINCH'
        return
        ;;
    '--grace')
        return
        ;;
    '--pid')
        return
        ;;
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_scale() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--timeout --run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_incr() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--timeout --run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_decr() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--timeout --run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_set() {
    repeating_flags=()
    non_repeating_flags=(--wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--timeout --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_add() {
    repeating_flags=()
    non_repeating_flags=(--start --json --version -h --help)
    repeating_options=(-o --option)
    non_repeating_options=(--file --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '-o'|'--option')
        return
        ;;
    '--file')
        __dockmaster_add_completions -f
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_rm() {
    repeating_flags=()
    non_repeating_flags=(--keep-processes --wait --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--timeout --run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--timeout')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    1)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_rotate() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--match --run --config)
    __dockmaster_offer_flags_options -1

    # Offer option value completions
    case "${prev}" in
    '--match')
        __dockmaster_add_completions -W 'glob'$'\n''regex'$'\n''simple'
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac

    # Offer positional completions
    case "${positional_number}" in
    *)
        __dockmaster_add_completions -W "$(eval 'dockmaster list --names 2>/dev/null')"
        return
        ;;
    esac
}

_dockmaster_scrub() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--rate --run --config)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--rate')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_gc() {
    repeating_flags=()
    non_repeating_flags=(--dry-run --untagged --json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_user() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|passwd|remove|logout|list)
        # Offer subcommand argument completions
        "_dockmaster_user_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add passwd remove logout list' -- "${cur}"))
        ;;
    esac
}

_dockmaster_user_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=(--label)
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--label')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_user_passwd() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_user_remove() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_user_logout() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_user_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 0

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_key() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options 0

    # Offer subcommand / subcommand argument completions
    local -r subcommand="${unparsed_words[0]}"
    unset 'unparsed_words[0]'
    unparsed_words=("${unparsed_words[@]}")
    case "${subcommand}" in
    add|list|revoke)
        # Offer subcommand argument completions
        "_dockmaster_key_${subcommand}"
        ;;
    *)
        # Offer subcommand completions
        COMPREPLY+=($(compgen -W 'add list revoke' -- "${cur}"))
        ;;
    esac
}

_dockmaster_key_add() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=(--repository)
    non_repeating_options=(--actions --expires --run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--repository')
        return
        ;;
    '--actions')
        return
        ;;
    '--expires')
        return
        ;;
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_key_list() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 1

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_key_revoke() {
    repeating_flags=()
    non_repeating_flags=(--json --version -h --help)
    repeating_options=()
    non_repeating_options=(--run --config)
    __dockmaster_offer_flags_options 2

    # Offer option value completions
    case "${prev}" in
    '--run')
        __dockmaster_add_completions -d
        return
        ;;
    '--config')
        __dockmaster_add_completions -f
        return
        ;;
    esac
}

_dockmaster_acl() {
    repeating_flags=()
    non_repeating_flags=(--version -h --help)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options -1
}

_dockmaster_help() {
    repeating_flags=()
    non_repeating_flags=(--version)
    repeating_options=()
    non_repeating_options=()
    __dockmaster_offer_flags_options -1
}

complete -o filenames -F _dockmaster dockmaster
