function __dockmaster_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __dockmaster_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __dockmaster_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __dockmaster_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __dockmaster_parse_tokens -S
    set -l unparsed_tokens (__dockmaster_tokens -pc)
    switch $unparsed_tokens[1]
    case 'dockmaster'
        __dockmaster_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'run'
            __dockmaster_parse_subcommand 0 'config=' 'data=' 'logs=' 'run=' 'domain=' 'https-port=' 'http-port=' 'version' 'h/help'
        case 'check'
            __dockmaster_parse_subcommand 0 'config=' 'data=' 'logs=' 'run=' 'domain=' 'https-port=' 'http-port=' 'version' 'h/help'
        case 'render'
            __dockmaster_parse_subcommand 0 'config=' 'data=' 'logs=' 'run=' 'domain=' 'https-port=' 'http-port=' 'version' 'h/help'
        case 'import'
            __dockmaster_parse_subcommand 1 'version' 'h/help'
        case 'upgrade'
            __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
        case 'version'
            __dockmaster_parse_subcommand 0 'version' 'h/help'
        case 'status'
            __dockmaster_parse_subcommand -r 1 'match=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'list'
            __dockmaster_parse_subcommand -r 1 'match=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'stats'
            __dockmaster_parse_subcommand -r 1 'match=' 'children' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'top'
            __dockmaster_parse_subcommand -r 1 'match=' 'once' 'processes' 'interval=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'events'
            __dockmaster_parse_subcommand -r 1 'match=' 'kinds=' 'n/number=' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'health'
            __dockmaster_parse_subcommand -r 1 'match=' 'level=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'sockets'
            __dockmaster_parse_subcommand 0 'run=' 'config=' 'json' 'version' 'h/help'
        case 'options'
            __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
        case 'get'
            __dockmaster_parse_subcommand -r 2 'run=' 'config=' 'json' 'version' 'h/help'
        case 'logs'
            __dockmaster_parse_subcommand -r 1 'logs=' 'config=' 'f/follow' 'n/lines=' 'since=' 'until=' 'grep=' 'level=' 'request=' 'json' 'version' 'h/help'
        case 'trace'
            __dockmaster_parse_subcommand 1 'last-failure' 'logs=' 'config=' 'json' 'version' 'h/help'
        case 'start'
            __dockmaster_parse_subcommand -r 1 'match=' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'stop'
            __dockmaster_parse_subcommand -r 1 'match=' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'restart'
            __dockmaster_parse_subcommand -r 1 'match=' 'sequential' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'reload'
            __dockmaster_parse_subcommand -r 1 'match=' 'manner=' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'signal'
            __dockmaster_parse_subcommand 2 'pid=' 'children' 'recursive' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'kill'
            __dockmaster_parse_subcommand -r 1 'match=' 'signal=' 'grace=' 'pid=' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'scale'
            __dockmaster_parse_subcommand 2 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'incr'
            __dockmaster_parse_subcommand 2 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'decr'
            __dockmaster_parse_subcommand 2 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'set'
            __dockmaster_parse_subcommand -r 2 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'add'
            __dockmaster_parse_subcommand -r 2 'start' 'o/option=+' 'file=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'rm'
            __dockmaster_parse_subcommand 1 'keep-processes' 'wait' 'timeout=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'rotate'
            __dockmaster_parse_subcommand -r 1 'match=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'scrub'
            __dockmaster_parse_subcommand 0 'rate=' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'gc'
            __dockmaster_parse_subcommand 0 'dry-run' 'untagged' 'run=' 'config=' 'json' 'version' 'h/help'
        case 'user'
            __dockmaster_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __dockmaster_parse_subcommand 1 'label=+' 'run=' 'config=' 'json' 'version' 'h/help'
            case 'passwd'
                __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
            case 'remove'
                __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
            case 'logout'
                __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
            case 'list'
                __dockmaster_parse_subcommand 0 'run=' 'config=' 'json' 'version' 'h/help'
            end
        case 'key'
            __dockmaster_parse_subcommand 0 'version' 'h/help'
            switch $unparsed_tokens[1]
            case 'add'
                __dockmaster_parse_subcommand 2 'repository=+' 'actions=' 'expires=' 'run=' 'config=' 'json' 'version' 'h/help'
            case 'list'
                __dockmaster_parse_subcommand 1 'run=' 'config=' 'json' 'version' 'h/help'
            case 'revoke'
                __dockmaster_parse_subcommand 2 'run=' 'config=' 'json' 'version' 'h/help'
            end
        case 'acl'
            __dockmaster_parse_subcommand -r 1 'version' 'h/help'
        case 'help'
            __dockmaster_parse_subcommand -r 1 'version'
        end
    end
end

function __dockmaster_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __dockmaster_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __dockmaster_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __dockmaster_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__dockmaster_tokens -p)
    if test -z "$(__dockmaster_tokens -t)"
        set -l index (count (__dockmaster_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'dockmaster' -f
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'run' -d 'Start the bundle; ^C stops it in order, SIGHUP reloads its configuration.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'check' -d 'Validate the configuration; tell what would change.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'render' -d 'Print the generated files, with secrets masked.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'import' -d 'Print a circus .ini as a configuration of dockmaster.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'upgrade' -d 'Go on with a new program: no process is restarted, no log line lost, no connection refused.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'version' -d 'Print the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'status' -d 'Show how every watcher stands; exit code 1 when not all is as wanted.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'list' -d 'Name the watchers, in the order in which they start.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'stats' -d 'Show processor, memory, descriptors and threads, per process and watcher.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'top' -d 'Watch processor, memory and state of everything, live.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'events' -d 'Follow what happens: starts, ends, failures, reloads.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'health' -d 'Say with the exit code whether all is well: 0, or 1.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'sockets' -d 'Show the sockets that are held for the watchers.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'options' -d 'Show all options of a watcher as they are in force, secrets masked.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'get' -d 'Show some options of a watcher; one alone is printed without its name.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'logs' -d 'Show the logs of all watchers, or of some, by time.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'trace' -d 'Tell one request\'s way through proxy, auth and registry.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'start' -d 'Start watchers, and those they require; all when none is named.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'stop' -d 'Stop watchers; dockmaster itself, in order, when none is named.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'restart' -d 'Stop and start watchers; all when none is named.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'reload' -d 'Take up a changed configuration without losing a request; or renew the watchers named.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'signal' -d 'Send a signal to a watcher\'s processes.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'kill' -d 'End processes of watchers; what respawns starts again.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'scale' -d 'Have a watcher run so many processes, until the next reload.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'incr' -d 'Have a watcher run more processes, until the next reload.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'decr' -d 'Have a watcher run fewer processes, until the next reload.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'set' -d 'Change options of a running watcher, until the next reload.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'add' -d 'Add a watcher that no configuration names, until the next reload.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'rm' -d 'Stop a watcher and forget it, until a reload finds it configured.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'rotate' -d 'Begin new log files now; nothing is lost or split.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'scrub' -d 'Compare all that the registry holds with its digests; damaged blobs are set aside and named.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'gc' -d 'Free what no image of the registry needs any more, while it serves.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'user' -d 'Users beside those of the configuration file.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'key' -d 'API keys for robots: less than their owner may do, for a time.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'acl' -d 'Ask an access list: explain, test, lint, evaluate.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" config' -l 'config' -d 'The configuration file, or DOCKMASTER_CONFIG.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" data' -l 'data' -d 'The data folder, or DOCKMASTER_DATA.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" logs' -l 'logs' -d 'The folder for logs, or DOCKMASTER_LOGS.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" run' -l 'run' -d 'The folder for sockets and generated files, or DOCKMASTER_RUN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" domain' -l 'domain' -d 'The name that clients use, or DOCKMASTER_DOMAIN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" https-port' -l 'https-port' -d 'The port for https, or DOCKMASTER_HTTPS_PORT.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" http-port' -l 'http-port' -d 'The port for http, or DOCKMASTER_HTTP_PORT; 0 for none.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster run" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" config' -l 'config' -d 'The configuration file, or DOCKMASTER_CONFIG.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" data' -l 'data' -d 'The data folder, or DOCKMASTER_DATA.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" logs' -l 'logs' -d 'The folder for logs, or DOCKMASTER_LOGS.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" run' -l 'run' -d 'The folder for sockets and generated files, or DOCKMASTER_RUN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" domain' -l 'domain' -d 'The name that clients use, or DOCKMASTER_DOMAIN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" https-port' -l 'https-port' -d 'The port for https, or DOCKMASTER_HTTPS_PORT.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" http-port' -l 'http-port' -d 'The port for http, or DOCKMASTER_HTTP_PORT; 0 for none.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster check" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" config' -l 'config' -d 'The configuration file, or DOCKMASTER_CONFIG.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" data' -l 'data' -d 'The data folder, or DOCKMASTER_DATA.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" logs' -l 'logs' -d 'The folder for logs, or DOCKMASTER_LOGS.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" run' -l 'run' -d 'The folder for sockets and generated files, or DOCKMASTER_RUN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" domain' -l 'domain' -d 'The name that clients use, or DOCKMASTER_DOMAIN.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" https-port' -l 'https-port' -d 'The port for https, or DOCKMASTER_HTTPS_PORT.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" http-port' -l 'http-port' -d 'The port for http, or DOCKMASTER_HTTP_PORT; 0 for none.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster render" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster import" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster import" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster upgrade" -eq 1' -F
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster upgrade" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster upgrade" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster upgrade" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster upgrade" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster upgrade" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster version" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster version" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster status" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster status" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster list" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster stats" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" children' -l 'children' -d 'A line for each descendant as well; the watchers\' sums hold them anyway.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stats" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster top" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" once' -l 'once' -d 'Print one look and end.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" processes' -l 'processes' -d 'Begin with processes instead of watchers.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" interval' -l 'interval' -d 'The time between two looks.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster top" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster events" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" kinds' -l 'kinds' -d 'Kinds of events, separated by commas: exited,gave_up.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" n number' -l 'number' -s 'n' -d 'End after so many events.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" timeout' -l 'timeout' -d 'End after this time, with exit code 1 if --number has not been reached.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster events" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster health" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" level' -l 'level' -d 'alive: nothing has failed for good; ready: everything is as wanted.' -rfka 'alive ready'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster health" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster sockets" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster sockets" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster sockets" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster sockets" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster sockets" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster options" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster options" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster options" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster options" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster options" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster options" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster get" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster get" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster get" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster get" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster get" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster get" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" logs' -l 'logs' -d 'The folder of the logs, or DOCKMASTER_LOGS; else the configuration\'s.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" config' -l 'config' -d 'The configuration file, or DOCKMASTER_CONFIG.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" f follow' -s 'f' -l 'follow' -d 'Go on with new lines as they come.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" lines n' -s 'n' -l 'lines' -d 'Only the last so many lines; "all" for every one.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" since' -l 'since' -d 'Only lines since then: 10m, 2h, "2026-11-24 16:00", RFC 3339.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" until' -l 'until' -d 'Only lines until then.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" grep' -l 'grep' -d 'Only lines that match a regular expression (POSIX extended, as grep -E).' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" level' -l 'level' -d 'Only lines of this level and worse: debug, info, notice, warning, error, critical.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" request' -l 'request' -d 'Only lines of one request.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" json' -l 'json' -d 'Print JSON lines.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster logs" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" last-failure' -l 'last-failure' -d 'Tell the newest push, pull or login that failed.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" logs' -l 'logs' -d 'The folder of the logs, or DOCKMASTER_LOGS; else the configuration\'s.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" config' -l 'config' -d 'The configuration file, or DOCKMASTER_CONFIG.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster trace" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster start" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster start" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster stop" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster stop" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster restart" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" sequential' -l 'sequential' -d 'One process after the other, each once the one before it is ready.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster restart" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster reload" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" manner' -l 'manner' -d 'How the watchers named are renewed; without it, as their configuration says.' -rfka 'signal replace sequential terminate'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster reload" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster signal" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster signal" -eq 2' -fka 'HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" pid' -l 'pid' -d 'One process instead of all.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" children' -l 'children' -d 'Their children instead of themselves.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" recursive' -l 'recursive' -d 'All their descendants instead of themselves.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster signal" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster kill" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" signal' -l 'signal' -d 'The signal instead of the watcher\'s stop signal.' -rfka 'HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" grace' -l 'grace' -d 'The time until SIGKILL instead of the watcher\'s graceful_timeout.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" pid' -l 'pid' -d 'One process instead of all.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster kill" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster scale" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scale" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster incr" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster incr" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster decr" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster decr" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster set" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster set" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" start' -l 'start' -d 'Start it as well.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add"' -s 'o' -l 'option' -d 'An option as in the configuration, as key=value.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" file' -l 'file' -d 'A file with the watcher\'s options, in YAML or JSON; - is standard input.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster rm" -eq 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" keep-processes' -l 'keep-processes' -d 'Leave its processes running; nobody supervises them from then on.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" wait' -l 'wait' -d 'Wait for the result: ready, stopped, replaced.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" timeout' -l 'timeout' -d 'How long to wait at most, such as 30s; exit code 1 when it takes longer.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rm" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster rotate" -ge 1' -fka '(dockmaster list --names 2>/dev/null)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" match' -l 'match' -d 'What the patterns are: glob, regex or simple.' -rfka 'glob regex simple'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster rotate" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" rate' -l 'rate' -d 'Bytes a second; without it, as fast as the disk gives them.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster scrub" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" dry-run' -l 'dry-run' -d 'Remove nothing; print what would go, and why.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" untagged' -l 'untagged' -d 'Manifests without a tag go too, unless an index that stays names them.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster gc" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster user" -eq 1' -fa 'add' -d 'Add a user.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster user" -eq 1' -fa 'passwd' -d 'Give a user another password; its logins end.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster user" -eq 1' -fa 'remove' -d 'Remove a user, with its keys and logins.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster user" -eq 1' -fa 'logout' -d 'End all logins (refresh tokens) of an account, of whatever back-end.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster user" -eq 1' -fa 'list' -d 'List users of the file and of the database.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add"' -l 'label' -d 'A label for the access list: group=web,dev. May come several times.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user passwd" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user passwd" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user passwd" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user passwd" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user passwd" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user remove" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user remove" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user remove" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user remove" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user remove" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user logout" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user logout" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user logout" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user logout" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user logout" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user list" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user list" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user list" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user list" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster user list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster key" -eq 1' -fa 'add' -d 'Make a key and show it, this once.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster key" -eq 1' -fa 'list' -d 'List keys, never the secrets.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_positional "dockmaster key" -eq 1' -fa 'revoke' -d 'End a key, and the logins that were made with it.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add"' -l 'repository' -d 'A pattern of repositories (team/*, /^team-.+$/). May come several times; without one, all.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" actions' -l 'actions' -d 'What it may do: pull,push. Without it, all that the owner may.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" expires' -l 'expires' -d 'When it ends: 90d, 12h. Without it, never.' -rfka ''
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key add" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key list" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key list" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key list" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key list" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key list" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key revoke" run' -l 'run' -d 'The supervisor\'s run folder, or DOCKMASTER_RUN.' -rfa '(__dockmaster_complete_directories)'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key revoke" config' -l 'config' -d 'The configuration file that names the run folder, or DOCKMASTER_CONFIG.' -rF
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key revoke" json' -l 'json' -d 'Print JSON.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key revoke" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster key revoke" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster acl" version' -l 'version' -d 'Show the version.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster acl" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'dockmaster' -n '__dockmaster_should_offer_completions_for_flags_or_options "dockmaster help" version' -l 'version' -d 'Show the version.'
