using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Connectors.Forges;

/// <summary>A forge's token as these forges take it: <c>token …</c>, in lower case, since Gogs knows no other (recorded).</summary>
internal sealed class TokenHeader(string forge, ForgeCredential credential) : IOutboundCredential
{
    public Result<Secret> Current =>
        credential.Current is { } secret
            ? Of(secret.Token)
            : Problem.Unauthenticated($"it has no credential; run: bascule credential seal {forge}");

    public static Secret Of(Secret token) => token.Map(value => $"token {value}");

    public async ValueTask<bool> RenewAsync(Secret refused, CancellationToken cancellationToken) =>
        credential.Current is { } current
        && (Of(current.Token).Reveal() != refused.Reveal() || await credential.RenewAsync(current, cancellationToken));
}
