using System.Globalization;

namespace Bascule.Connectors.Git;

/// <summary>
/// What git is told before anything else: nothing of the machine's or the user's configuration, no program of anybody's choosing, no protocol
/// but those named for it, every received object checked. Settings travel in the environment because every child of git inherits it.
/// </summary>
public static class GitSettings
{
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["HOME"] = "/nonexistent",
        ["XDG_CONFIG_HOME"] = "/nonexistent",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = "C.UTF-8",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_ATTR_NOSYSTEM"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_ASKPASS"] = "",
        ["SSH_ASKPASS"] = "",
        ["GIT_SSH_COMMAND"] = "/bin/false",
        ["GIT_PAGER"] = "",
        ["GIT_EDITOR"] = "/bin/false",
        ["GIT_PROTOCOL_FROM_USER"] = "0",
        ["GIT_NO_REPLACE_OBJECTS"] = "1", // THREATS T75
        ["GIT_GRAFT_FILE"] = "/dev/null",
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_OPTIONAL_LOCKS"] = "0",
        ["GIT_COMMITTER_NAME"] = "bascule", // of reflog lines
        ["GIT_COMMITTER_EMAIL"] = "bascule@localhost",
        ["NO_PROXY"] = "*",
    };

    private static readonly (string Key, string Value)[] Settings =
    [
        ("protocol.allow", "never"),
        ("protocol.version", "2"),
        ("core.hooksPath", "/dev/null"),
        ("core.fsmonitor", "false"),
        ("core.attributesFile", "/dev/null"),
        ("core.excludesFile", "/dev/null"),
        ("core.symlinks", "false"),
        ("core.protectHFS", "true"),
        ("core.protectNTFS", "true"),
        ("core.packedGitLimit", "256m"),
        ("core.deltaBaseCacheLimit", "32m"),
        ("core.bigFileThreshold", "16m"), // larger blobs are streamed, not held
        ("core.logAllRefUpdates", "always"), // a reflog keeps what a force push left behind reachable
        ("gc.auto", "0"),
        ("gc.reflogExpire", "never"),
        ("gc.reflogExpireUnreachable", "never"),
        ("maintenance.auto", "false"),
        ("credential.helper", ""),
        ("credential.interactive", "false"),
        ("http.followRedirects", "false"), // THREATS T80
        ("http.proxy", ""),
        ("http.emptyAuth", "false"),
        ("http.saveCookies", "false"),
        ("fetch.fsckObjects", "true"), // THREATS T71
        ("transfer.fsckObjects", "true"),
        ("transfer.credentialsInUrl", "die"),
        ("transfer.bundleURI", "false"),
        ("transfer.unpackLimit", "1"), // always index-pack: it streams, and one pack appears whole or not at all
        ("fetch.unpackLimit", "1"),
        ("fetch.recurseSubmodules", "false"),
        ("fetch.writeCommitGraph", "false"),
        ("fetch.uriProtocols", ""),
        ("fetch.showForcedUpdates", "false"),
        ("submodule.recurse", "false"),
        ("advice.fetchShowForcedUpdates", "false"),
        ("pack.threads", "2"),
        ("pack.writeReverseIndex", "false"),
        ("lfs.fetchexclude", "*"),
    ];

    public static void Fill(
        IDictionary<string, string?> environment,
        GitOptions options,
        string path,
        string? extraHeader,
        IReadOnlyList<(string Key, string Value)>? more = null
    )
    {
        environment.Clear();
        foreach (var (name, value) in Environment)
            environment[name] = value;
        environment["PATH"] = path;
        environment["GIT_ALLOW_PROTOCOL"] = string.Join(':', options.Protocols);
        environment["GIT_ALLOC_LIMIT"] = options.MaxObjectMemory.ToString(CultureInfo.InvariantCulture);
        (string Key, string Value)[] settings = [.. Settings, .. Allowing(options.Protocols), .. more ?? []];
        if (extraHeader is not null)
            settings = [.. settings, ("http.extraHeader", extraHeader)];
        environment["GIT_CONFIG_COUNT"] = settings.Length.ToString(CultureInfo.InvariantCulture);
        foreach (var (index, (key, value)) in settings.Index())
        {
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{index}")] = key;
            environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{index}")] = value;
        }
    }

    private static IEnumerable<(string Key, string Value)> Allowing(IEnumerable<string> protocols) =>
        protocols.Select(protocol => ($"protocol.{protocol}.allow", "always"));
}
