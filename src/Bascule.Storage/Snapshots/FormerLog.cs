using System.Text.Json.Nodes;
using Bascule.Core.Audit.Log;

namespace Bascule.Storage.Snapshots;

/// <summary>
/// What a restored copy knows of the log that it can go on with no more: the entry that tells of the restore is the first of the next log, and cites it, so
/// that whoever holds a newer checkpoint sees how much the copy lacks.
/// </summary>
internal static class FormerLog
{
    private const string Newest = "(SELECT max(number) FROM audit_log)";

    /// <summary>Null for an installation that never had a log.</summary>
    public static async Task<JsonObject?> ReadAsync(ISnapshotDatabase database, CancellationToken cancellationToken)
    {
        var origin = await database.AskAsync<string>(
            $"SELECT origin FROM audit_log WHERE number = {Newest}",
            cancellationToken
        );
        if (origin is null)
            return null;
        var shown = await database.AskAsync<string>(
            $"SELECT note FROM audit_checkpoint WHERE log = {Newest} AND size = (SELECT published_size FROM audit_log WHERE number = {Newest})",
            cancellationToken
        );
        var witnessed = await database.AskAsync<string>(
            $"SELECT note FROM audit_checkpoint WHERE log = {Newest} AND size = (SELECT max(size) FROM audit_cosignature WHERE log = {Newest})",
            cancellationToken
        );
        return new JsonObject
        {
            ["origin"] = origin,
            ["shown"] = shown,
            ["witnessed"] = witnessed,
            ["after"] = await RootAfterAsync(database, cancellationToken),
        };
    }

    /// <summary>The root over the entries that the copy has beyond that checkpoint, a second's worth at most times: they are in no log but by this.</summary>
    private static async Task<string> RootAfterAsync(ISnapshotDatabase database, CancellationToken cancellationToken)
    {
        var first = await database.AskAsync<long>(
            $"SELECT first_idx + published_size FROM audit_log WHERE number = {Newest}",
            cancellationToken
        );
        var edge = new TreeEdge();
        await using var command = database.Command("SELECT entry FROM audit_entry WHERE idx >= @first ORDER BY idx");
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("first", first);
        command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
            edge.Add(TreeHash.OfLeaf(await rows.GetFieldValueAsync<byte[]>(0, cancellationToken)));
        return edge.Root.ToString();
    }
}
