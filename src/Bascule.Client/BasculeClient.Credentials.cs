using System.Net.Http.Json;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Client;

public sealed partial class BasculeClient
{
    /// <summary>What Bascule shows each forge; no secrets.</summary>
    public Task<Result<CredentialList>> ListCredentialsAsync(CancellationToken cancellationToken) =>
        GetAsync("credentials", ApiJson.Default.CredentialList, cancellationToken);

    /// <summary>Puts a forge's credential into the database, sealed, once the forge has taken it.</summary>
    /// <param name="account">Whose password it is; null for a token.</param>
    public async Task<Result<CredentialRecord>> SealCredentialAsync(
        string forge,
        Secret secret,
        string? account,
        CancellationToken cancellationToken
    )
    {
        using var body = JsonContent.Create(new SealAct(secret.Reveal(), account), ApiJson.Default.SealAct);
        var path = $"credentials/seal?forge={Uri.EscapeDataString(forge)}";
        return Read(
            await _exchange.SendAsync(HttpMethod.Post, path, cancellationToken, body),
            ApiJson.Default.CredentialRecord
        );
    }

    /// <summary>Asks for a rotation and does not wait for it.</summary>
    public Task<Result<CredentialRecord>> RotateCredentialAsync(string forge, CancellationToken cancellationToken) =>
        PostAsync(
            $"credentials/rotate?forge={Uri.EscapeDataString(forge)}",
            ApiJson.Default.CredentialRecord,
            cancellationToken
        );
}
