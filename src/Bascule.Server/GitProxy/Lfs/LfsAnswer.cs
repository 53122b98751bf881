using System.Text.Json.Nodes;
using Bascule.Core;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>The words of git-lfs's API (docs/api/batch.md there).</summary>
internal static class LfsAnswer
{
    public const string MediaType = "application/vnd.git-lfs+json";

    /// <summary>The same for an object that is not there and for one that is not for this token.</summary>
    public static JsonObject NotHere(LfsPointer pointer) =>
        Refused(pointer, 404, "no such object, or not for this token");

    public static JsonObject Refused(LfsPointer pointer, int code, string message) =>
        new()
        {
            ["oid"] = pointer.Oid,
            ["size"] = pointer.Size,
            ["error"] = new JsonObject { ["code"] = code, ["message"] = message },
        };

    /// <summary>Nothing to do: the object is there.</summary>
    public static JsonObject Had(LfsPointer pointer) => new() { ["oid"] = pointer.Oid, ["size"] = pointer.Size };

    /// <param name="action">download or upload.</param>
    public static JsonObject Offered(LfsPointer pointer, string action, Uri address)
    {
        var offered = Had(pointer);
        offered["actions"] = new JsonObject { [action] = new JsonObject { ["href"] = address.AbsoluteUri } };
        return offered;
    }

    public static Task WriteAsync(HttpContext context, IEnumerable<JsonObject> objects)
    {
        var body = new JsonObject { ["transfer"] = "basic", ["objects"] = new JsonArray([.. objects]) };
        context.Response.ContentType = MediaType;
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }

    /// <summary>Whether it is git-lfs that asks: it shows its user what a JSON body says, and nothing else.</summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains(MediaType, StringComparison.Ordinal);

    public static string Message(Problem problem) => new JsonObject { ["message"] = problem.Message }.ToJsonString();
}
