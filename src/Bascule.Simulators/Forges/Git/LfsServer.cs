using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Git;

/// <summary>
/// git-lfs as Gitea 1.15.11 answered it on loopback; Gogs 0.11 has none. An object that the asking account can read in another repository is the repository's own as
/// soon as it is named for upload: Gitea asks for no bytes then.
/// </summary>
internal sealed class LfsServer(ForgeEngine engine, Credentials credentials)
{
    private const string Root = "/info/lfs/";
    private const string MediaType = "application/vnd.git-lfs+json";
    private readonly ConcurrentDictionary<(long Repository, string Oid), long> _known = new();
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    /// <summary>Gogs knows no such path: it answers as for any other.</summary>
    public bool Serves(string path) => !engine.IsGogs && path.Contains(".git" + Root, StringComparison.Ordinal);

    /// <summary>Where the bytes of an object lie.</summary>
    public string FileOf(string oid) => Path.Combine(engine.Store.LfsDirectory, oid);

    /// <summary>As a forge does with what is larger than it takes.</summary>
    public void Refuse(string oid) => _refused[oid] = true;

    public async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var at = path.IndexOf(Root, StringComparison.Ordinal);
        var names = path[..at].Trim('/').Split('/');
        if (names.Length != 2)
        {
            await AnswerAsync(context, 404, Message("Not Found"));
            return;
        }

        var repository = engine.World.FindRepository(names[0], names[1][..^".git".Length]);
        if (repository is null)
        {
            await AnswerAsync(context, 404, Message("Not Found"));
            return;
        }

        await ActAsync(context, repository, path[(at + Root.Length)..].Split('/'));
    }

    private Task ActAsync(HttpContext context, ForgeRepository repository, string[] action) =>
        (context.Request.Method, action) switch
        {
            ("POST", ["objects", "batch"]) => BatchAsync(context, repository),
            ("GET", ["objects", var oid]) => DownloadAsync(context, repository, oid),
            ("PUT", ["objects", var oid, var size]) => UploadAsync(context, repository, oid, size),
            ("POST", ["verify"]) => VerifyAsync(context, repository),
            _ => AnswerAsync(context, 404, Message("Not Found")),
        };

    private async Task BatchAsync(HttpContext context, ForgeRepository repository)
    {
        if (await ReadAsync(context) is not { } asked)
        {
            return;
        }

        var operation = (string?)asked["operation"];
        if (operation is not ("download" or "upload"))
        {
            await AnswerAsync(context, 400, Message("Bad Request"));
            return;
        }

        if (await AdmitAsync(context, repository, operation == "upload") is not { } user)
        {
            return;
        }

        var objects = asked["objects"]!.AsArray().Select(one => Offer(context, repository, user, operation, one!));
        await AnswerAsync(context, 200, new JsonObject { ["objects"] = new JsonArray([.. objects]) });
    }

    private JsonObject Offer(
        HttpContext context,
        ForgeRepository repository,
        ForgeUser user,
        string operation,
        JsonNode one
    )
    {
        var (oid, size) = ((string)one["oid"]!, (long)one["size"]!);
        var answer = new JsonObject { ["oid"] = oid, ["size"] = size };
        if (!IsOid(oid) || size < 0 || (operation == "upload" && _refused.ContainsKey(oid)))
        {
            answer["error"] = Error(422, "Oid or size are invalid");
            return answer;
        }

        var isHere = _known.TryGetValue((repository.Id, oid), out var known);
        if (isHere && known != size)
        {
            answer["error"] = Error(422, $"Object {oid} is not {size} bytes");
        }
        else if (operation == "download" && !isHere)
        {
            answer["error"] = Error(404, "Not Found");
        }
        else if (operation == "download")
        {
            answer["actions"] = new JsonObject { ["download"] = Action(context, repository, $"objects/{oid}") };
        }
        else if (!isHere && IsReadableElsewhere(user, oid))
        {
            _known[(repository.Id, oid)] = size;
        }
        else if (!isHere)
        {
            answer["actions"] = new JsonObject
            {
                ["upload"] = Action(context, repository, $"objects/{oid}/{size}"),
                ["verify"] = Action(context, repository, "verify"),
            };
        }

        return answer;
    }

    private async Task DownloadAsync(HttpContext context, ForgeRepository repository, string oid)
    {
        if (await AdmitAsync(context, repository, isWrite: false) is null)
        {
            return;
        }

        if (!_known.ContainsKey((repository.Id, oid)))
        {
            await AnswerAsync(context, 404, Message("Not Found"));
            return;
        }

        var bytes = await File.ReadAllBytesAsync(FileOf(oid), context.RequestAborted);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task UploadAsync(HttpContext context, ForgeRepository repository, string oid, string size)
    {
        if (await AdmitAsync(context, repository, isWrite: true) is null)
        {
            return;
        }

        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory, context.RequestAborted);
        var bytes = memory.ToArray();
        if (!IsOid(oid) || Convert.ToHexStringLower(SHA256.HashData(bytes)) != oid || $"{bytes.Length}" != size)
        {
            await AnswerAsync(context, 422, Message("Content hash does not match OID"));
            return;
        }

        Directory.CreateDirectory(engine.Store.LfsDirectory);
        await File.WriteAllBytesAsync(FileOf(oid), bytes, context.RequestAborted);
        _known[(repository.Id, oid)] = bytes.Length;
        await AnswerAsync(context, 200, Message("OK"));
    }

    private async Task VerifyAsync(HttpContext context, ForgeRepository repository)
    {
        if (await ReadAsync(context) is not { } told || await AdmitAsync(context, repository, true) is null)
        {
            return;
        }

        var isHere = _known.ContainsKey((repository.Id, (string)told["oid"]!));
        await AnswerAsync(context, isHere ? 200 : 404, Message(isHere ? "OK" : "Not Found"));
    }

    /// <summary>Null: the answer is written.</summary>
    private async Task<ForgeUser?> AdmitAsync(HttpContext context, ForgeRepository repository, bool isWrite)
    {
        var user = credentials.ForGit(context.Request);
        var needed = isWrite ? ForgeAccess.Write : ForgeAccess.Read;
        if (user is not null && engine.World.PermissionOf(user, repository) >= needed)
        {
            return user;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=gitea-lfs";
        await AnswerAsync(context, 401, Message("Unauthorized"));
        return null;
    }

    private static async Task<JsonNode?> ReadAsync(HttpContext context)
    {
        var accepted = context.Request.Headers.Accept.ToString().Split(';')[0];
        if (accepted != MediaType)
        {
            await AnswerAsync(context, 415, Message("Unsupported Media Type"));
            return null;
        }

        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            await AnswerAsync(context, 400, Message("Bad Request"));
            return null;
        }
    }

    private bool IsReadableElsewhere(ForgeUser user, string oid) =>
        _known
            .Keys.Where(known => known.Oid == oid)
            .Any(known => engine.World.PermissionOf(user, FindRepository(known.Repository)) >= ForgeAccess.Read);

    private ForgeRepository FindRepository(long id)
    {
        lock (engine.World.Gate)
        {
            return engine.World.Repositories.Single(repository => repository.Id == id);
        }
    }

    /// <summary>With the credential that was sent, as Gitea does.</summary>
    private JsonObject Action(HttpContext context, ForgeRepository repository, string tail) =>
        new()
        {
            ["href"] = $"{engine.BaseUrl}/{repository.FullName}.git{Root}{tail}",
            ["header"] = new JsonObject { ["Authorization"] = context.Request.Headers.Authorization.ToString() },
        };

    private static JsonObject Error(int code, string message) => new() { ["code"] = code, ["message"] = message };

    private static JsonObject Message(string text) => new() { ["Message"] = text };

    private static bool IsOid(string oid) => oid.Length == 64 && oid.All(char.IsAsciiHexDigitLower);

    private static async Task AnswerAsync(HttpContext context, int status, JsonObject body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = MediaType;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), context.RequestAborted);
    }
}
