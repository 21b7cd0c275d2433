import RegistryModel

/// A tag of the registry: the testing library has a `Tag` of its own.
typealias RegistryTag = RegistryModel.Tag
