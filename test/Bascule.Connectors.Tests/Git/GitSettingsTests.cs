using System.Globalization;
using Bascule.Connectors.Git;

namespace Bascule.Connectors.Tests.Git;

/// <summary>The whole hardening, word for word: what is taken away or weakened here is taken away on purpose.</summary>
[Trait("Threat", "T62")]
[Trait("Threat", "T68")]
[Trait("Threat", "T85")]
public sealed class GitSettingsTests
{
    [Fact]
    public void GivesGitThisEnvironmentAndNoMore() =>
        Filled()
            .Where(entry =>
                !entry.Key.StartsWith("GIT_CONFIG_KEY_", StringComparison.Ordinal)
                && !entry.Key.StartsWith("GIT_CONFIG_VALUE_", StringComparison.Ordinal)
            )
            .Select(entry => $"{entry.Key}={entry.Value}")
            .ShouldBe(
                Lines(
                    """
                    HOME=/nonexistent
                    XDG_CONFIG_HOME=/nonexistent
                    LANG=C.UTF-8
                    LC_ALL=C.UTF-8
                    GIT_CONFIG_NOSYSTEM=1
                    GIT_CONFIG_SYSTEM=/dev/null
                    GIT_CONFIG_GLOBAL=/dev/null
                    GIT_ATTR_NOSYSTEM=1
                    GIT_TERMINAL_PROMPT=0
                    GIT_ASKPASS=
                    SSH_ASKPASS=
                    GIT_SSH_COMMAND=/bin/false
                    GIT_PAGER=
                    GIT_EDITOR=/bin/false
                    GIT_ALLOW_PROTOCOL=http
                    GIT_PROTOCOL_FROM_USER=0
                    GIT_NO_REPLACE_OBJECTS=1
                    GIT_GRAFT_FILE=/dev/null
                    GIT_NO_LAZY_FETCH=1
                    GIT_OPTIONAL_LOCKS=0
                    GIT_COMMITTER_NAME=bascule
                    GIT_COMMITTER_EMAIL=bascule@localhost
                    NO_PROXY=*
                    PATH=/opt/bin
                    GIT_ALLOC_LIMIT=1000
                    GIT_CONFIG_COUNT=39
                    """
                ),
                ignoreOrder: true
            );

    [Fact]
    public void GivesGitTheseSettingsAndNoMore() =>
        Settings(Filled())
            .ShouldBe(
                Lines(
                    """
                    protocol.allow=never
                    protocol.version=2
                    core.hooksPath=/dev/null
                    core.fsmonitor=false
                    core.attributesFile=/dev/null
                    core.excludesFile=/dev/null
                    core.symlinks=false
                    core.protectHFS=true
                    core.protectNTFS=true
                    core.packedGitLimit=256m
                    core.deltaBaseCacheLimit=32m
                    core.bigFileThreshold=16m
                    core.logAllRefUpdates=always
                    gc.auto=0
                    gc.reflogExpire=never
                    gc.reflogExpireUnreachable=never
                    maintenance.auto=false
                    credential.helper=
                    credential.interactive=false
                    http.followRedirects=false
                    http.proxy=
                    http.emptyAuth=false
                    http.saveCookies=false
                    fetch.fsckObjects=true
                    transfer.fsckObjects=true
                    transfer.credentialsInUrl=die
                    transfer.bundleURI=false
                    transfer.unpackLimit=1
                    fetch.unpackLimit=1
                    fetch.recurseSubmodules=false
                    fetch.writeCommitGraph=false
                    fetch.uriProtocols=
                    fetch.showForcedUpdates=false
                    submodule.recurse=false
                    advice.fetchShowForcedUpdates=false
                    pack.threads=2
                    pack.writeReverseIndex=false
                    lfs.fetchexclude=*
                    protocol.http.allow=always
                    """
                )
            );

    [Fact]
    public void AddsTheHeaderOfOneFetch() =>
        Settings(Filled("Bascule: 1")).ShouldBe([.. Settings(Filled()), "http.extraHeader=Bascule: 1"]);

    [Fact]
    public void AllowsTheProtocolsThatAreNamedAndNoOther()
    {
        var filled = Filled(protocols: ["https", "file"]);

        filled["GIT_ALLOW_PROTOCOL"].ShouldBe("https:file");
        Settings(filled)
            .Where(setting => setting.StartsWith("protocol.", StringComparison.Ordinal))
            .ShouldBe([
                "protocol.allow=never",
                "protocol.version=2",
                "protocol.https.allow=always",
                "protocol.file.allow=always",
            ]);
    }

    [Fact]
    public void AllowsNoProtocolWhereNoneIsNamed() => Filled(protocols: [])["GIT_ALLOW_PROTOCOL"].ShouldBe("");

    private static Dictionary<string, string?> Filled(string? extraHeader = null, string[]? protocols = null)
    {
        var environment = new Dictionary<string, string?> { ["LD_PRELOAD"] = "/tmp/evil.so" };
        var options = new GitOptions { MaxObjectMemory = 1000, Protocols = protocols ?? ["http"] };
        GitSettings.Fill(environment, options, "/opt/bin", extraHeader);
        return environment;
    }

    /// <summary>As git counts them.</summary>
    private static IEnumerable<string> Settings(Dictionary<string, string?> environment) =>
        Enumerable
            .Range(0, int.Parse(environment["GIT_CONFIG_COUNT"]!, CultureInfo.InvariantCulture))
            .Select(index => $"{environment[$"GIT_CONFIG_KEY_{index}"]}={environment[$"GIT_CONFIG_VALUE_{index}"]}");

    private static string[] Lines(string text) => text.Split('\n');
}
