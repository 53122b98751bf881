using Bascule.Core.Forges;
using Bascule.Server.Identity;
using Bascule.Server.Sealing;

namespace Bascule.Server.Reports;

/// <summary>
/// Addresses of badges. A badge is an image in a README, so it is served without sign-in; its address cannot be guessed and tells only the colour of a branch.
/// </summary>
internal sealed class BadgeLinks(MasterKey masterKey, IssuerAddress address)
{
    public const string Route = "/badges/{uid}.svg";
    private const int UidLength = 32;

    public string UidOf(RepositoryKey repository) => masterKey.Mac("badge", repository.ToString())[..UidLength];

    public string MarkdownFor(RepositoryKey repository, string branch) =>
        $"![Bascule]({address.Url.ToString().TrimEnd('/')}/badges/{UidOf(repository)}.svg?branch={Uri.EscapeDataString(branch)})";
}
