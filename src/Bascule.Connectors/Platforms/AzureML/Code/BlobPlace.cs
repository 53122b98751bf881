using System.Text.Json.Nodes;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>The container that a workspace lends for one upload. Its query is a signature: whoever has it may write there.</summary>
/// <param name="Server">Scheme, host and port.</param>
/// <param name="Container">The path, without a slash at its end.</param>
/// <param name="Signature">With the question mark.</param>
/// <param name="Address">The container's address as the version names it, without the signature.</param>
internal sealed record BlobPlace(Uri Server, string Container, Secret Signature, Uri Address)
{
    /// <summary>In the container; a version's code is a folder of one.</summary>
    public const string Folder = "tree";

    /// <summary>What the version is told to hold.</summary>
    public Uri CodeUri => new($"{Address.AbsoluteUri.TrimEnd('/')}/{Folder}");

    /// <summary>The path and query of one file; a part of the file's path is one part of the address.</summary>
    public string PathOf(string file) =>
        $"{Container}/{Folder}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}{Signature.Reveal()}";

    /// <summary>The answer to <c>startPendingUpload</c> (`mfe.json`, PendingUploadResponseDto).</summary>
    public static Result<BlobPlace> Read(JsonObject answer, string subject)
    {
        var reference = answer["blobReferenceForConsumption"] as JsonObject;
        var credential = reference?["credential"] as JsonObject;
        var signed = SignedAddress.Canonical(JsonText.Of(credential?["sasUri"]));
        var blob = SignedAddress.Canonical(JsonText.Of(reference?["blobUri"]));
        if (signed is null || blob is null || signed.Query.Length == 0)
            return Problem.Invalid(
                $"{subject}: cannot begin an upload: the workspace lends no container with a signature, as it does for the type TemporaryBlobReference"
            );
        var path = signed.AbsolutePath.TrimEnd('/');
        var isOne = OutboundUrl.SameOrigin(signed, blob) && blob.AbsolutePath.TrimEnd('/') == path;
        if (!isOne || path.Length == 0 || blob.Query.Length > 0)
            return Problem.Invalid(
                $"{subject}: cannot begin an upload: the container and its signature are not of one place"
            );
        return new BlobPlace(new Uri(signed.GetLeftPart(UriPartial.Authority)), path, new Secret(signed.Query), blob);
    }
}
