package org.lamina.cli;

import picocli.CommandLine.IVersionProvider;

/** Tells the version that the build wrote into this jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"lamina " + (version == null ? "(not packaged)" : version)};
    }
}
