enum PlaceholderRegistryModel {}
