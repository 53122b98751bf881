using System.Text.Json.Nodes;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.Databricks;

/// <summary>Calls of <c>/api/2.0/workspace</c>. Absolute paths throughout.</summary>
internal sealed class DatabricksWorkspace(DatabricksClient client, CallPace importPace)
{
    private const string Api = "/api/2.0/workspace";

    /// <param name="format">RAW keeps the bytes as a file; SOURCE with a language and JUPYTER make a notebook.</param>
    public async Task<Result<Done>> ImportAsync(
        DatabricksSession session,
        string path,
        ImportFormat format,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellationToken
    )
    {
        await importPace.WaitAsync(cancellationToken);
        var body = new JsonObject
        {
            ["path"] = path,
            ["format"] = format.Format,
            ["content"] = Convert.ToBase64String(content.Span),
            ["overwrite"] = true,
        };
        if (format.Language is { } language)
            body["language"] = language;
        return await PostAsync(session, "import", $"import {path}", body, cancellationToken);
    }

    /// <summary>Makes the directory and its parents; done also when it is there.</summary>
    public Task<Result<Done>> MakeDirectoryAsync(
        DatabricksSession session,
        string path,
        CancellationToken cancellationToken
    ) => PostAsync(session, "mkdirs", $"make {path}", new JsonObject { ["path"] = path }, cancellationToken);

    /// <summary>With everything below; done also when it is not there.</summary>
    public async Task<Result<Done>> DeleteAsync(
        DatabricksSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var body = new JsonObject { ["path"] = path, ["recursive"] = true };
        var deleted = await PostAsync(session, "delete", $"delete {path}", body, cancellationToken);
        return deleted.Problem?.Code == ProblemCode.NotFound ? Result.Done : deleted;
    }

    /// <summary>What is directly below; null when there is no such directory.</summary>
    public async Task<Result<IReadOnlyList<WorkspaceObject>?>> ListAsync(
        DatabricksSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.GetPatientlyAsync(
            session,
            $"{Api}/list?path={Uri.EscapeDataString(path)}",
            $"list {path}",
            DatabricksJson.Default.WorkspaceListing,
            cancellationToken
        );
        if (listed.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound
                ? Result.Of<IReadOnlyList<WorkspaceObject>?>(null)
                : Result.Failure<IReadOnlyList<WorkspaceObject>?>(problem);
        return Result.Of<IReadOnlyList<WorkspaceObject>?>(listed.Value.Objects ?? []);
    }

    /// <summary>The bytes of a file; null when it is not there.</summary>
    public async Task<Result<byte[]?>> ReadAsync(
        DatabricksSession session,
        string path,
        CancellationToken cancellationToken
    )
    {
        var read = await client.GetPatientlyAsync(
            session,
            $"{Api}/export?format=AUTO&path={Uri.EscapeDataString(path)}",
            $"read {path}",
            DatabricksJson.Default.ExportAnswer,
            cancellationToken
        );
        if (read.Failed(out var problem))
            return problem.Code == ProblemCode.NotFound ? Result.Of<byte[]?>(null) : Result.Failure<byte[]?>(problem);
        var text = read.Value.Content ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var count)
            ? bytes[..count]
            : Problem.Unavailable($"cannot read {path}: the workspace's answer is not base64");
    }

    private async Task<Result<Done>> PostAsync(
        DatabricksSession session,
        string verb,
        string doing,
        JsonObject body,
        CancellationToken cancellationToken
    )
    {
        var answer = await client.PostPatientlyAsync(
            session,
            $"{Api}/{verb}",
            doing,
            body,
            DatabricksJson.Default.JsonElement,
            cancellationToken
        );
        return answer.Failed(out var problem) ? problem : default(Done);
    }
}

/// <param name="Language">Only for SOURCE.</param>
internal sealed record ImportFormat(string Format, string? Language = null)
{
    public static readonly ImportFormat Raw = new("RAW");

    public bool IsNotebook => this != Raw;
}
