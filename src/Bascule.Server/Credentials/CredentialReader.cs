using Bascule.Core.Api;
using Bascule.Core.Credentials;
using Bascule.Core.Forges;
using Bascule.Server.Connections;

namespace Bascule.Server.Credentials;

/// <summary>The forges' credentials as the API shows them.</summary>
internal sealed class CredentialReader(ForgeConnections forges, IForgeCredentialStore store, CredentialSeal seal)
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(5);

    public async Task<CredentialList> ListAsync(CancellationToken cancellationToken)
    {
        var rows = (await store.ListAsync(cancellationToken)).ToDictionary(row => row.ForgeUid);
        var records = await Task.WhenAll(
            forges.All.Select(forge =>
                rows.TryGetValue(forge.Uid, out var row)
                    ? Task.FromResult(Write(forge, row))
                    : WriteAsync(forge, cancellationToken)
            )
        );
        return new CredentialList(records);
    }

    public CredentialRecord Write(StoredCredential row) => Write(forges.Find(row.ForgeUid)!, row);

    private static CredentialRecord Write(ConnectedForge forge, StoredCredential row) =>
        new()
        {
            Forge = forge.Name,
            Kind = forge.Forge.Kind,
            Source = "sealed",
            Account = row.Account.Login,
            AccountId = row.Account.Id,
            Fingerprint = row.Fingerprint,
            Since = row.SealedAt,
            RotatedAt = row.RotatedAt,
            NextRotationAt = CredentialRotation.DueAt(row, forge.Credential.RotateEvery),
            Step = row.Step.ToString().ToLowerInvariant(),
            Asked = row.AskedAt is not null,
            FormerUntil = row.FormerUntil,
            FailedAt = row.FailedAt,
            Failure = row.Failure,
        };

    /// <summary>Whose a token of the settings is only the forge can tell.</summary>
    private async Task<CredentialRecord> WriteAsync(ConnectedForge forge, CancellationToken cancellationToken)
    {
        var secret = (forge.Forge as ICredentialHolder)?.Credential.FromSettings;
        var record = new CredentialRecord
        {
            Forge = forge.Name,
            Kind = forge.Forge.Kind,
            Source = secret is null ? "none" : "settings",
            Fingerprint = secret is null ? null : seal.Fingerprint(secret),
        };
        if (secret is null)
            return record with { Failure = $"nothing is sealed; run: bascule credential seal {forge.Name}" };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestLook);
        try
        {
            var identity = await forge.Forge.IdentifyAsync(limit.Token);
            return identity.Failed(out var problem)
                ? record with
                {
                    Failure = problem.Message,
                }
                : record with
                {
                    Account = identity.Value.Account.Login,
                    AccountId = identity.Value.Account.Id,
                };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return record with { Failure = "the forge did not say in time whose it is" };
        }
    }
}
