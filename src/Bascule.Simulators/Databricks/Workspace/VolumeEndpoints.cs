using System.Text.Json.Nodes;
using Bascule.Simulators.Databricks.Registry;
using Bascule.Simulators.Databricks.Wire;

namespace Bascule.Simulators.Databricks.Workspace;

/// <summary>Files and directories of Unity Catalog volumes: <c>/Volumes/catalog/schema/volume/...</c>, kept on disk.</summary>
internal sealed class VolumeEndpoints(Catalogs catalogs, string root)
{
    public void Map(Routes routes)
    {
        routes.Map("PUT /api/2.0/fs/files{file_path}", r => At(r, "file_path", Upload));
        routes.Map("GET /api/2.0/fs/files{file_path}", r => At(r, "file_path", (_, disk) => Download(disk)));
        routes.Map(
            "HEAD /api/2.0/fs/files{file_path}",
            r => At(r, "file_path", (_, disk) => Exists(File.Exists(disk)))
        );
        routes.Map("DELETE /api/2.0/fs/files{file_path}", r => At(r, "file_path", (_, disk) => DeleteFile(disk)));
        routes.Map(
            "PUT /api/2.0/fs/directories{directory_path}",
            r => At(r, "directory_path", (_, disk) => Make(disk))
        );
        routes.Map("GET /api/2.0/fs/directories{directory_path}", r => At(r, "directory_path", List));
        routes.Map(
            "HEAD /api/2.0/fs/directories{directory_path}",
            r => At(r, "directory_path", (_, disk) => Exists(Directory.Exists(disk)))
        );
        routes.Map(
            "DELETE /api/2.0/fs/directories{directory_path}",
            r => At(r, "directory_path", (_, disk) => DeleteDirectory(disk))
        );
    }

    private ApiReply At(ApiRequest request, string part, Func<ApiRequest, string, ApiReply> act)
    {
        if (!WorkspacePath.TryNormalize(request.Route[part], out var path, out var refusal))
            return refusal;
        var parts = path.Split('/');
        if (parts.Length < 5 || parts[1] != "Volumes")
            return ApiReply.Invalid($"Path ({path}) is not /Volumes/<catalog>/<schema>/<volume>/...");
        return catalogs.HasVolume(parts[2], parts[3], parts[4])
            ? act(request, Path.Join(root, path))
            : ApiReply.Refuse(404, "NOT_FOUND", $"Volume '{parts[2]}.{parts[3]}.{parts[4]}' does not exist.");
    }

    private static ApiReply Upload(ApiRequest request, string disk)
    {
        if (Directory.Exists(disk))
            return ApiReply.Refuse(409, "ALREADY_EXISTS", "A directory is at this path.");
        if (File.Exists(disk) && !request.Flag("overwrite"))
            return ApiReply.Refuse(409, "ALREADY_EXISTS", "The file being created already exists.");
        Directory.CreateDirectory(Path.GetDirectoryName(disk)!);
        File.WriteAllBytes(disk, request.Body);
        return ApiReply.NoContent();
    }

    private static ApiReply Download(string disk) =>
        File.Exists(disk) ? ApiReply.File(File.ReadAllBytes(disk)) : Missing();

    private static ApiReply Exists(bool exists) => exists ? ApiReply.Ok() : Missing();

    private static ApiReply DeleteFile(string disk)
    {
        if (!File.Exists(disk))
            return Missing();
        File.Delete(disk);
        return ApiReply.NoContent();
    }

    private static ApiReply Make(string disk)
    {
        if (File.Exists(disk))
            return ApiReply.Refuse(409, "ALREADY_EXISTS", "A file is at this path.");
        Directory.CreateDirectory(disk);
        return ApiReply.NoContent();
    }

    private ApiReply List(ApiRequest request, string disk) =>
        Directory.Exists(disk)
            ? ApiReply.Ok(
                new JsonObject
                {
                    ["contents"] = new JsonArray([
                        .. new DirectoryInfo(disk).EnumerateFileSystemInfos().OrderBy(f => f.Name).Select(Entry),
                    ]),
                }
            )
            : Missing();

    private JsonNode? Entry(FileSystemInfo info) =>
        new JsonObject
        {
            ["path"] = "/" + Path.GetRelativePath(root, info.FullName),
            ["name"] = info.Name,
            ["is_directory"] = info is DirectoryInfo,
            ["file_size"] = (info as FileInfo)?.Length,
            ["last_modified"] = new DateTimeOffset(info.LastWriteTimeUtc).ToUnixTimeMilliseconds(),
        };

    private static ApiReply DeleteDirectory(string disk)
    {
        if (!Directory.Exists(disk))
            return Missing();
        if (Directory.EnumerateFileSystemEntries(disk).Any())
            return ApiReply.Refuse(400, "DIRECTORY_NOT_EMPTY", "The directory is not empty.");
        Directory.Delete(disk);
        return ApiReply.NoContent();
    }

    private static ApiReply Missing() => ApiReply.Refuse(404, "NOT_FOUND", "The file or directory does not exist.");
}
