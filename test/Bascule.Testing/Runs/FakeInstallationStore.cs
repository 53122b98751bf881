using Bascule.Core;
using Bascule.Core.Installation;

namespace Bascule.Testing.Runs;

/// <summary>An installation that may be held; everything else about it is asked of the real store only.</summary>
public sealed class FakeInstallationStore : IInstallationStore
{
    public Hold? Hold { get; set; }

    public Task<Hold?> ReadHoldAsync(CancellationToken cancellationToken) => Task.FromResult(Hold);

    public Task<Result<Done>> ReleaseAsync(CancellationToken cancellationToken)
    {
        Hold = null;
        return Task.FromResult(Result.Done);
    }

    public Task<long> ReadEpochAsync(CancellationToken cancellationToken) => Task.FromResult(1L);

    public Task<Result<string>> BindForgeAsync(string name, Uri url, CancellationToken cancellationToken) =>
        throw Unasked();

    public Task<string> BindEnvironmentAsync(string name, CancellationToken cancellationToken) => throw Unasked();

    public Task<string> PseudonymOfAsync(string forgeUid, long accountId, CancellationToken cancellationToken) =>
        throw Unasked();

    public Task<string> BindMasterKeyAsync(string check, CancellationToken cancellationToken) => throw Unasked();

    public Task<IReadOnlyList<SigningKey>> ListSigningKeysAsync(CancellationToken cancellationToken) => throw Unasked();

    public Task<IReadOnlyList<BoundIssuer>> BindIssuersAsync(
        IReadOnlyCollection<string> urls,
        CancellationToken cancellationToken
    ) => throw Unasked();

    public Task<IReadOnlyList<BoundIssuer>> ListIssuersAsync(CancellationToken cancellationToken) => throw Unasked();

    private static InvalidOperationException Unasked() => new("only holds are played here; use a real store");
}
