enum PlaceholderRegistryStorage {}
