package org.millrace.contracts.definition;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** What an address of a registry looks like. Messages do not repeat one: it may hold a secret. */
final class RegistryAddress {
  /** No user, no password, no query. */
  private static final Pattern SERVER = Pattern.compile("https?://[^/@?#\\s]+(/[^@?#\\s]*)?");

  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]{0,20}:.*");

  private RegistryAddress() {}

  static boolean isServer(String address) {
    return SERVER.matcher(address).matches();
  }

  static boolean isDirectory(String address) {
    if (!address.toLowerCase(Locale.ROOT).startsWith("file:")) {
      return false;
    }

    try {
      URI uri = new URI(address);
      String path = uri.getPath();
      return path != null && path.startsWith("/") && uri.getAuthority() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** What is wrong with one that is neither, and what is expected. */
  static String problem(String address) {
    String found =
        SCHEME.matcher(address).matches()
            ? "an address that begins with '" + address.substring(0, address.indexOf(':') + 1) + "'"
            : "a text without http: or file:";
    return found
        + " is no registry; expected http://host:port, https://host:port or file:///directory,"
        + " without user, password, query or spaces";
  }
}
