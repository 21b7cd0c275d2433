import Synchronization

/// The settings in force. Swapped in one step; whoever took the old ones finishes with them.
final class SettingsBox: Sendable {
    private let settings: Mutex<RegistrySettings>

    init(_ settings: RegistrySettings) {
        self.settings = Mutex(settings)
    }

    var current: RegistrySettings { settings.withLock { $0 } }

    func replace(_ new: RegistrySettings) {
        settings.withLock { $0 = new }
    }
}
