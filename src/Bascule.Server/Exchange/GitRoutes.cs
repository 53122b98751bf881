using Bascule.Core.Api;
using Bascule.Core.Forges;
using Bascule.Core.Settings;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Server.Exchange;

/// <summary>Every way in which people write the addresses of the forges' repositories, and where the same is at the Git proxy.</summary>
internal sealed class GitRoutes(ForgeConnections forges, ServerSettings settings)
{
    private const int UsualSshPort = 22;

    /// <summary>None when nobody is given tokens: an address that was turned to the proxy would lead nowhere.</summary>
    public GitForgeList List() =>
        new(
            settings.Exchange.Policies.Count == 0
                ? []
                : [.. forges.All.Select(forge => new GitForgeRecord(forge.Name, [.. RoutesOf(forge)]))]
        );

    private IEnumerable<GitRoute> RoutesOf(ConnectedForge forge)
    {
        var bascule = $"{settings.PublicUrl.OriginalString.TrimEnd('/')}/git/{forge.Name}/";
        foreach (var beginning in Beginnings(forge.Repositories))
            yield return new GitRoute(
                bascule + beginning,
                [.. Roots(forge).Select(root => root + beginning).Distinct()]
            );
    }

    /// <summary>What the names that Bascule serves begin with: other repositories of the forge are left as they are.</summary>
    private static List<string> Beginnings(IReadOnlyList<Glob> served)
    {
        var all = served
            .Select(glob => glob.ToString())
            .Select(text =>
                text.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star ? text[..star] : text + ".git"
            )
            .Distinct()
            .ToList();
        return all.FindAll(one =>
            !all.Exists(other => other.Length < one.Length && one.StartsWith(other, StringComparison.Ordinal))
        );
    }

    /// <summary>With <c>git@host:/owner</c> too: git takes a slash there, and the longer spelling comes first.</summary>
    private static IEnumerable<string> Roots(ConnectedForge forge)
    {
        var url = forge.Forge.Url.AbsoluteUri.TrimEnd('/') + "/";
        var rest = url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var ssh = forge.Ssh ?? new SshAddress("git", forge.Forge.Url.Host, UsualSshPort);
        return
        [
            $"https://{rest}",
            $"http://{rest}",
            $"{ssh.User}@{ssh.Host}:",
            $"{ssh.User}@{ssh.Host}:/",
            $"ssh://{ssh.User}@{ssh.Host}/",
            $"ssh://{ssh.User}@{ssh.Host}:{ssh.Port}/",
        ];
    }
}
