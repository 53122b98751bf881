using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Identity.Tokens;
using Bascule.Testing.Identity;

namespace Bascule.Connectors.Tests.Issuers;

/// <summary>A directory with one issuer, on a clock that stands.</summary>
internal sealed class IssuerStage : IAsyncDisposable
{
    private IssuerStage(PublishedIssuer issuer, IssuerOptions options)
    {
        (Issuer, Options) = (issuer, options);
        Directory = new IssuerDirectory([options], Clock, Told.Add);
        Verifier = new TokenVerifier(Directory.Trusted, Directory, Clock);
    }

    public PublishedIssuer Issuer { get; }
    public IssuerOptions Options { get; }
    public SteadyClock Clock { get; } = new();
    public List<string> Told { get; } = [];
    public IssuerDirectory Directory { get; }
    public TokenVerifier Verifier { get; }

    public static async Task<IssuerStage> StartAsync(Func<PublishedIssuer, IssuerOptions>? options = null)
    {
        var issuer = await PublishedIssuer.StartAsync();
        return new IssuerStage(issuer, options?.Invoke(issuer) ?? issuer.Options());
    }

    public Task<Result<VerifiedToken>> VerifyAsync(TokenMint mint) =>
        Verifier.VerifyAsync(mint.Sign(mint.Claims(Clock.GetUtcNow())), new(TokenKind.IdToken), CancellationToken.None);

    public Task<Result<VerifiedToken>> VerifyAsync() => VerifyAsync(Issuer.Mint);

    /// <summary>With the issuer's own key under any name.</summary>
    public Task<Result<VerifiedToken>> VerifyAsync(string keyId) =>
        VerifyAsync(new TokenMint(Issuer.Url, number: 1) { KeyId = keyId });

    public Task<Result<ProviderMetadata>> MetadataAsync() =>
        Directory.ReadMetadataAsync(Options.Issuer.Url.Text, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Directory.Dispose();
        await Issuer.DisposeAsync();
    }
}
