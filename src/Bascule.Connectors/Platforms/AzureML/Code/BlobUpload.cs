using System.Net.Http.Headers;
using Bascule.Connectors.Outbound;
using Bascule.Connectors.Platforms.AzureML.Service;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Connectors.ResourceManager;
using Bascule.Core;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.AzureML.Code;

/// <summary>Writes files into a container that was lent. The same bytes written again do no harm.</summary>
internal sealed class BlobUpload(AzureMlHosts hosts, TimeProvider time)
{
    private readonly ArmPatience _patience = new(time);

    /// <summary>Conflict when a blob is there that may not be written again: somebody else may send the same.</summary>
    public async Task<Result<Done>> SendAsync(
        BlobPlace place,
        SendableCode code,
        IContentTree tree,
        CancellationToken cancellationToken
    )
    {
        var client = hosts.ClientOf(place.Server, "the container for code");
        if (client.Failed(out var problem))
            return problem;
        var sent = await SideBySide.RunAsync(
            code.Files,
            AzureMlDefaults.UploadsAtOnce,
            (file, stop) => PutAsync(client.Value, place, code.PathOf(file), tree, file, stop),
            cancellationToken
        );
        return sent.Failed(out problem) ? Without(problem, place) : sent;
    }

    private async Task<Result<Done>> PutAsync(
        OutboundClient client,
        BlobPlace place,
        string path,
        IContentTree tree,
        TreeEntry file,
        CancellationToken cancellationToken
    )
    {
        var content = await tree.ReadAsync(file, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var sent = await client.SendAsync(Request(place, path, content), cancellationToken);
            if (RefusalOf(sent) is not { } refusal)
                return Result.Done;
            if (!refusal.IsTransient || !await _patience.TryAgainAsync(refusal, attempt, cancellationToken))
                return refusal;
        }
    }

    /// <summary>The storage's own words may repeat the address, and with it the signature: only its code is said.</summary>
    private static Problem? RefusalOf(Result<OutboundAnswer> sent) =>
        sent.Failed(out var problem)
            ? problem
            : sent.Value.AsProblem(sent.Value.Headers.GetValueOrDefault("x-ms-error-code"));

    private static OutboundRequest Request(BlobPlace place, string path, ReadOnlyMemory<byte> content) =>
        new(HttpMethod.Put, place.PathOf(path), $"send {path}")
        {
            Accept = "application/xml",
            Content = new ReadOnlyMemoryContent(content)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            },
            Headers = new Dictionary<string, Secret>
            {
                ["x-ms-blob-type"] = new("BlockBlob"),
                ["x-ms-version"] = new(AzureMlDefaults.StorageVersion),
            },
        };

    private static Problem Without(Problem problem, BlobPlace place) =>
        problem with
        {
            Message = problem.Message.Replace(place.Signature.Reveal(), "?***", StringComparison.Ordinal),
        };
}
