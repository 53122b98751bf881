using System.Buffers.Text;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Provenance;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Connectors.Keys;

/// <summary>
/// Keys of Azure Key Vault that sign by ES256 and never leave it (https://learn.microsoft.com/rest/api/keyvault/keys/sign/sign). Each is named with its
/// version: a version made later is another key, which signs after the next rotation.
/// </summary>
internal sealed class AzureKeys(AzureClient client, KeyName? named) : IProvenanceKeyPlace, IDisposable
{
    public string Kind => KeyName.AzureKey;

    public async Task<Result<FoundKey>> FindAsync(CancellationToken cancellationToken)
    {
        if (named is not { } name)
            return Problem.Invalid("provenance.key names no key of a vault");
        var found = await ReadAsync(name, cancellationToken);
        return found.Failed(out var problem)
            ? problem
            : new FoundKey($"{Kind}:{name.Place}/{name.Name}/{found.Value.Version}", found.Value.Key, Sealed: null);
    }

    public async Task<Result<IProvenanceSigner>> OpenAsync(ProvenanceKey key, CancellationToken cancellationToken)
    {
        if (KeyName.Parse(key.Place) is not { Version: not null } name)
            return Problem.Invalid($"'{key.Place}' names no version of a key in a vault");
        var found = await ReadAsync(name, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        return found.Value.Key.Id == key.Id
            ? Result.Of<IProvenanceSigner>(new Signer(client, name, found.Value.Key))
            : Problem.Conflict(
                $"{AzureOptions.Subject}: {key.Place} is another key than the one that was published; sign by it from now on: bascule provenance key rotate --now"
            );
    }

    public void Dispose() => client.Dispose();

    private async Task<Result<(string Version, VerificationKey Key)>> ReadAsync(
        KeyName name,
        CancellationToken cancellationToken
    )
    {
        var path = name.Version is null ? $"/keys/{name.Name}" : $"/keys/{name.Name}/{name.Version}";
        var answer = await client.CallAsync(
            name.Place,
            OutboundRequest.Get($"{path}{AzureClient.Version}", $"find key {name.Name} in vault {name.Place}"),
            AzureJson.Default.AzureKeyAnswer,
            cancellationToken
        );
        if (answer.Failed(out var problem))
            return problem;
        if (
            answer.Value.Key is not { Kid: { } kid } key
            || kid.Split('/')[^1] is not { Length: 32 } version
            || !version.All(char.IsAsciiHexDigit)
        )
            return Problem.Unavailable($"{AzureOptions.Subject}: the answer names no version of key {name.Name}");
        if (key.Kty is not ("EC" or "EC-HSM") || key.Crv != "P-256" || key.KeyOps?.Contains("sign") != true)
            return Problem.Invalid(
                $"{AzureOptions.Subject}: key {name.Name} of vault {name.Place} is no key of the curve P-256 that may sign; make one: az keyvault key create --vault-name {name.Place} --name {name.Name} --kty EC --curve P-256 --ops sign"
            );
        if (!TryDecode(key.X, out var x) || !TryDecode(key.Y, out var y))
            return Problem.Unavailable($"{AzureOptions.Subject}: the answer holds no public key of {name.Name}");
        var point = VerificationKey.FromPoint(x, y);
        return point.Failed(out var unusable) ? unusable : Result.Of((version, point.Value));
    }

    private static bool TryDecode(string? text, out byte[] bytes)
    {
        bytes = text is not null && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
        return bytes.Length == EcdsaSignature.RawBytes / 2;
    }

    private sealed class Signer(AzureClient client, KeyName name, VerificationKey key) : IProvenanceSigner
    {
        private const string Algorithm = "ES256";

        public VerificationKey Key => key;

        public async Task<Result<byte[]>> SignAsync(
            ReadOnlyMemory<byte> digest,
            ICallAudit audit,
            CancellationToken cancellationToken
        )
        {
            var answer = await audit.CallAsync(
                "azure.keys.sign",
                $"{name.Place}/{name.Name}/{name.Version}",
                details: null,
                (id, token) =>
                    client.CallAsync(name.Place, Request(digest.Span, id), AzureJson.Default.AzureWrapAnswer, token),
                cancellationToken
            );
            if (answer.Failed(out var problem))
                return problem;
            var raw = answer.Value.Value is { } text && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : [];
            return EcdsaSignature.ToDer(raw) is { } der
                ? der
                : Problem.Unavailable(
                    $"{AzureOptions.Subject}: what the vault gave is no signature of the curve P-256"
                );
        }

        private OutboundRequest Request(ReadOnlySpan<byte> digest, CallId id) =>
            OutboundRequest.Send(
                HttpMethod.Post,
                $"/keys/{name.Name}/{name.Version}/sign{AzureClient.Version}",
                $"sign by {name.Name} in vault {name.Place}",
                new AzureWrapBody(Algorithm, Base64Url.EncodeToString(digest)),
                AzureJson.Default.AzureWrapBody
            ) with
            {
                Headers = AzureClient.Correlation(id),
            };
    }
}
