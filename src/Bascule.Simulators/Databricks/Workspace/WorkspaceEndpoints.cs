using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary><c>/api/2.0/workspace</c>.</summary>
internal sealed class WorkspaceEndpoints(WorkspaceTree tree)
{
    // The published limit is on the base64 text: "The base64-encoded content. This has a limit of 10 MB."
    private const int LongestContent = 10 * 1024 * 1024;

    public void Map(Routes routes)
    {
        routes.Map("POST /api/2.0/workspace/import", Import);
        routes.Map("POST /api/2.0/workspace/mkdirs", MakeDirectories);
        routes.Map("POST /api/2.0/workspace/delete", Delete);
        routes.Map("GET /api/2.0/workspace/get-status", GetStatus);
        routes.Map("GET /api/2.0/workspace/list", List);
        routes.Map("GET /api/2.0/workspace/export", Export);
    }

    private ApiReply Import(ApiRequest request)
    {
        if (!WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal))
            return refusal;
        var text = request.TextOrEmpty("content");
        if (text.Length > LongestContent)
            return ApiReply.Refuse(
                400,
                "MAX_NOTEBOOK_SIZE_EXCEEDED",
                $"File size imported is ({text.Length} bytes), exceeded max size (10485760 bytes)"
            );
        if (Decode(text) is not { } content)
            return ApiReply.Invalid("content is not base64.");
        if (!tree.IsDirectory(WorkspacePath.Parent(path)))
            return ApiReply.NotFound($"The parent folder ({WorkspacePath.Parent(path)}) does not exist.");
        if (request.Text("format") is not (null or "AUTO" or "SOURCE" or "RAW" or "JUPYTER"))
            return ApiReply.Invalid("The simulator takes the formats AUTO, SOURCE, RAW and JUPYTER.");
        return Read(request, path, content) is { } target
            ? Write(target, request.Flag("overwrite"))
            : ApiReply.Invalid("SOURCE needs a language, and a Jupyter notebook is JSON of nbformat 4.");
    }

    private static ImportedObject? Read(ApiRequest request, string path, byte[] content) =>
        (request.Text("format") ?? "SOURCE", request.Text("language")) switch
        {
            ("AUTO", _) => NotebookFormat.Analyze(path, content),
            ("RAW", _) => ImportedObject.File(path, content),
            ("JUPYTER", _) => NotebookFormat.Jupyter(path, content),
            (_, { } language) => ImportedObject.Notebook(path, language, content),
            _ => null,
        };

    private ApiReply Write(ImportedObject target, bool overwrite)
    {
        if (tree.Find(target.Path) is { } found)
        {
            if (!overwrite)
                return ApiReply.Exists($"Path ({target.Path}) already exists.");
            if (found.Kind != target.Kind)
                return ApiReply.Invalid(
                    $"Cannot overwrite the asset at {target.Path} due to type mismatch (asked: {target.Kind}, actual: {found.Kind})"
                );
        }
        tree.Write(target.Path, target.Kind, target.Language, target.Content);
        return ApiReply.Ok();
    }

    private ApiReply MakeDirectories(ApiRequest request)
    {
        if (!WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal))
            return refusal;
        return tree.MakeDirectory(path) is { } obstacle
            ? ApiReply.Exists($"Path ({obstacle}) already exists and is not a directory.")
            : ApiReply.Ok();
    }

    private ApiReply Delete(ApiRequest request)
    {
        if (!WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal))
            return refusal;
        if (tree.Find(path) is not { } found)
            return Missing(path);
        if (path is "/" or "/Users" or "/Shared" or "/Repos")
            return ApiReply.Denied($"Folder {path} is protected.");
        if (found.IsDirectory && !request.Flag("recursive") && tree.Children(path).Count > 0)
            return ApiReply.Refuse(400, "DIRECTORY_NOT_EMPTY", $"Folder ({path}) is not empty.");
        tree.Delete(path);
        return ApiReply.Ok();
    }

    private ApiReply GetStatus(ApiRequest request) =>
        !WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal) ? refusal
        : tree.Find(path) is { } found ? ApiReply.Ok(Json(found))
        : Missing(path);

    private ApiReply List(ApiRequest request)
    {
        if (!WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal))
            return refusal;
        if (tree.Find(path) is not { } found)
            return Missing(path);
        var listed = found.IsDirectory ? tree.Children(path) : [found];
        var after = request.Number("notebooks_modified_after") ?? long.MinValue;
        var objects = listed.Where(o => o.Kind != "NOTEBOOK" || o.ModifiedAt > after).Select(o => (JsonNode?)Json(o));
        return ApiReply.Ok(new JsonObject { ["objects"] = new JsonArray([.. objects]) });
    }

    private ApiReply Export(ApiRequest request)
    {
        if (!WorkspacePath.TryNormalize(request.TextOrEmpty("path"), out var path, out var refusal))
            return refusal;
        if (tree.Find(path) is not { } found)
            return Missing(path);
        if (found.IsDirectory || request.Text("format") is not (null or "SOURCE" or "AUTO" or "RAW"))
            return ApiReply.Invalid("The simulator exports single files and notebooks as AUTO, SOURCE or RAW.");
        return ApiReply.Ok(new JsonObject { ["content"] = Convert.ToBase64String(tree.Read(path)) });
    }

    private JsonObject Json(WorkspaceObject found) =>
        found.ToJson(found.Kind == "FILE" ? new FileInfo(tree.OnDisk(found.Path)).Length : null);

    private static ApiReply Missing(string path) => ApiReply.NotFound($"Path ({path}) doesn't exist.");

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }
}
