using System.Text.Json.Nodes;
using Bascule.Simulators.Azure.MachineLearning.Storage;
using Bascule.Simulators.Azure.MachineLearning.Workspace;
using Bascule.Simulators.Azure.Resources;

namespace Bascule.Simulators.Azure.MachineLearning.Assets;

/// <summary>
/// Uploads of code that were begun: each has a container of its own. The operation creates or gets: whoever asks again for one version is sent to the same container,
/// so that two uploads of one tree meet there. Assumed: the SAS lets create and write and nothing else, and a version must lie in such a container and hold something.
/// </summary>
internal sealed class CodeUploads(AmlPlace place, BlobStore blobs, SharedAccess access)
{
    private const string Reference = "TemporaryBlobReference";
    private readonly Dictionary<(string Name, string Version), (string Id, string Container)> _begun = [];
    private readonly HashSet<string> _containers = [];

    public ArmReply Start(string name, string version, ArmRequest request)
    {
        if (!AssetWrites.NamePattern().IsMatch(name))
            return AmlReply.Invalid("name", $"'{name}' is no name of an asset.");
        if (Bodies.Whole(request, "PendingUploadRequestDto", out var fault) is not { } body)
            return fault!;
        if ((string?)body["pendingUploadType"] is { } type and not Reference)
            return AmlReply.Invalid("pendingUploadType", $"'{type}' gives no place to upload to; use {Reference}.");
        var begun = Begin(name, version, (string?)body["pendingUploadId"], out var other);
        if (other)
            return AmlReply.Conflict($"Another upload of {name}:{version} was begun.");
        var uri = place.Blobs.AbsoluteUri + begun.Container;
        return new(
            200,
            new JsonObject
            {
                ["pendingUploadId"] = begun.Id,
                ["pendingUploadType"] = Reference,
                ["blobReferenceForConsumption"] = new JsonObject
                {
                    ["blobUri"] = uri,
                    ["storageAccountArmId"] = place.StorageAccount,
                    ["credential"] = new JsonObject
                    {
                        ["credentialType"] = "SAS",
                        ["sasUri"] = $"{uri}?{access.ForContainer(begun.Container, SharedAccess.Upload)}",
                    },
                },
            }
        );
    }

    /// <returns>Null when code can be there.</returns>
    public ArmReply? Check(string? uri)
    {
        if (uri is null || Find(uri) is not { } found)
            return AmlReply.Invalid(
                "properties.codeUri",
                "'codeUri' must lie in a container that an upload was begun for, and have no query."
            );
        return blobs.Under(found.Container, found.Prefix).Count > 0
            ? null
            : AmlReply.Invalid("properties.codeUri", $"There is nothing at '{uri}'.");
    }

    /// <summary>Container and prefix of a code's place.</summary>
    public (string Container, string Prefix)? Find(string uri)
    {
        if (!uri.StartsWith(place.Blobs.AbsoluteUri, StringComparison.Ordinal) || uri.Contains('?'))
            return null;
        var parts = uri[place.Blobs.AbsoluteUri.Length..].Split('/', 2);
        var prefix = parts.Length < 2 ? "" : Uri.UnescapeDataString(parts[1]).TrimEnd('/');
        return _containers.Contains(parts[0]) ? (parts[0], prefix) : null;
    }

    private (string Id, string Container) Begin(string name, string version, string? id, out bool isOther)
    {
        isOther = false;
        if (_begun.TryGetValue((name, version), out var begun))
            isOther = id is not null && id != begun.Id;
        else
        {
            begun = (id ?? Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
            _begun[(name, version)] = begun;
            _containers.Add(begun.Container);
        }
        return begun;
    }
}
