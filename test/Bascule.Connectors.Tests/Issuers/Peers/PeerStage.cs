using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Connectors.Tests.Issuers.Peers;

/// <summary>Our verifier, on the real clock, before an issuer that is not ours.</summary>
internal sealed class PeerStage : IDisposable
{
    private readonly IssuerDirectory _directory;
    private readonly TokenVerifier _verifier;

    public PeerStage(string issuer, IssuerTimes? times = null)
    {
        var options = new IssuerOptions
        {
            Subject = "issuer 'peer'",
            Issuer = TrustedIssuer.Create(issuer).Value,
            Times = times ?? IssuerTimes.Default,
        };
        _directory = new IssuerDirectory([options], TimeProvider.System);
        _verifier = new TokenVerifier(_directory.Trusted, _directory, TimeProvider.System);
    }

    public static TokenExpectation For(TokenKind kind, string audience) => new(kind) { Audiences = [audience] };

    public Task<Result<VerifiedToken>> VerifyAsync(Secret token, TokenExpectation expected) =>
        _verifier.VerifyAsync(token, expected, CancellationToken.None);

    public async Task<VerifiedToken> AcceptAsync(Secret token, TokenExpectation expected)
    {
        var answer = await VerifyAsync(token, expected);
        answer.Failed(out var problem).ShouldBeFalse(problem?.Message);
        return answer.Value;
    }

    public async Task<ProviderMetadata> MetadataAsync() =>
        (await _directory.ReadMetadataAsync(_directory.Trusted.All.Single().Url.Text, CancellationToken.None)).Value;

    public void Dispose() => _directory.Dispose();
}
