enum PlaceholderBundleLog {}
