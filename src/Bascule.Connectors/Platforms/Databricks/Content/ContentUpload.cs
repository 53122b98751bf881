using System.Globalization;
using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;

namespace Bascule.Connectors.Platforms.Databricks.Content;

/// <summary>Brings an exact tree to its directory, once: a directory with the right marker is complete and nothing is sent.</summary>
internal sealed class ContentUpload(DatabricksWorkspace workspace, TimeProvider time)
{
    /// <summary>A content that is asked for again gets a new date before it could be collected as old.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromDays(3);

    public async Task<Result<Done>> EnsureAsync(
        DatabricksSession session,
        CodeShipment shipment,
        Action<string> progress,
        CancellationToken cancellationToken
    )
    {
        var found = await FindMarkerAsync(session, shipment, cancellationToken);
        if (found.Failed(out var problem))
            return problem;
        var isComplete = found.Value?.Form == shipment.Form;
        if (isComplete && found.Value!.At > time.GetUtcNow() - FreshFor)
        {
            progress($"the code is already in {shipment.Folder.Path}; nothing is sent");
            return Result.Done;
        }
        return await session.Audit!.CallAsync(
            "databricks.workspace.upload",
            shipment.Folder.Path,
            Details(shipment),
            async stop =>
            {
                var sent = isComplete
                    ? Result.Done
                    : await SendAsync(session, shipment, found.Value is not null, progress, stop);
                return sent.Problem is null ? await MarkAsync(session, shipment, stop) : sent;
            },
            cancellationToken
        );
    }

    private Task<Result<Done>> SendAsync(
        DatabricksSession session,
        CodeShipment shipment,
        bool isOurs,
        Action<string> progress,
        CancellationToken cancellationToken
    ) =>
        shipment.Manifest is { } manifest
            ? new PackedUpload(workspace, session, shipment, manifest, shipment.Source, progress).SendAsync(
                cancellationToken
            )
            : new PlainUpload(workspace, session, shipment, shipment.Source, isOurs, progress).SendAsync(
                cancellationToken
            );

    /// <summary>Null when there is none yet; Conflict when the directory belongs to something else (THREATS T141).</summary>
    private async Task<Result<ContentMarker?>> FindMarkerAsync(
        DatabricksSession session,
        CodeShipment shipment,
        CancellationToken cancellationToken
    )
    {
        var read = await workspace.ReadAsync(session, shipment.Folder.Marker, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        if (read.Value is not { } bytes)
            return Result.Of<ContentMarker?>(null);
        if (ContentMarker.Parse(bytes) is { } marker && marker.Names(shipment.MarkerAt(marker.At)))
            return marker;
        return Problem.Conflict(
            $"the workspace folder {shipment.Folder.Path} belongs to other content: its {ContentFolder.MarkerName} does not name this one; "
                + "see who wrote there, then remove the folder"
        );
    }

    private Task<Result<Done>> MarkAsync(
        DatabricksSession session,
        CodeShipment shipment,
        CancellationToken cancellationToken
    ) =>
        workspace.ImportAsync(
            session,
            shipment.Folder.Marker,
            ImportFormat.Raw,
            shipment.MarkerAt(time.GetUtcNow()).ToBytes(),
            cancellationToken
        );

    private static JsonObject Details(CodeShipment shipment) =>
        new()
        {
            ["bytes"] = shipment.Tree.Bytes.ToString(CultureInfo.InvariantCulture),
            ["content"] = shipment.Folder.Content.Hex,
            ["files"] = shipment.Tree.Files.Count,
            ["form"] = shipment.Form,
            ["tree"] = shipment.TreeDigest,
        };
}
