using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;
using Microsoft.AspNetCore.Http;

namespace Bascule.Simulators.Forges.Api;

/// <summary>One API request: its parts, who asks, and the answers in the flavour's wording.</summary>
internal sealed class ApiCall(
    HttpContext context,
    ForgeEngine engine,
    Credentials credentials,
    IReadOnlyDictionary<string, string> route,
    string body
)
{
    /// <summary>Stands for Gogs' page; only its kind matters to callers.</summary>
    public const string GogsNotFoundPage =
        "<!DOCTYPE html>\n<html>\n<head data-suburl=\"\">\n\t<title>Page Not Found - Gogs</title>\n</head>\n<body></body>\n</html>\n";

    public ForgeEngine Engine { get; } = engine;

    public World World => Engine.World;

    public HttpRequest Request => context.Request;

    public CancellationToken Aborted => context.RequestAborted;

    public ForgeUser? User { get; } = credentials.ForApi(context.Request);

    public ForgeUser? PasswordUser => credentials.ByPassword(context.Request);

    public string Route(string name) => route[name];

    public long Number(string name) =>
        long.TryParse(route[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public string Query(string name) => context.Request.Query[name].ToString();

    /// <summary>The body as an object; not JSON is a 422, as the binders answer.</summary>
    public JsonObject Body
    {
        get
        {
            try
            {
                return body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? [];
            }
            catch (JsonException e)
            {
                throw new ForgeRefusedException(422, e.Message);
            }
        }
    }

    public static string? Text(JsonObject from, string name) =>
        from.TryGetPropertyValue(name, out var value) && value is JsonValue text && text.TryGetValue(out string? read)
            ? read
            : null;

    public static bool? Flag(JsonObject from, string name) =>
        from.TryGetPropertyValue(name, out var value) && value is JsonValue flag && flag.TryGetValue(out bool read)
            ? read
            : null;

    public Task JsonAsync(int status, JsonNode node)
    {
        var text = GoJson.Text(node, indented: false) + (Engine.IsGogs ? "" : "\n");
        return WriteAsync(
            status,
            Engine.IsGogs ? "application/json; charset=UTF-8" : "application/json;charset=utf-8",
            text
        );
    }

    public Task ListAsync(IReadOnlyCollection<JsonObject> all, int? defaultLimit = null)
    {
        if (Engine.IsGogs || defaultLimit == int.MaxValue)
        {
            return AllAsync(all);
        }

        var limit = Math.Clamp(Positive("limit") ?? defaultLimit ?? 30, 1, 50);
        var page = Positive("page") ?? 1;
        PageHeaders(all.Count, page, limit);
        return JsonAsync(200, GoJson.Array(all.Skip((page - 1) * limit).Take(limit)));
    }

    private Task AllAsync(IReadOnlyCollection<JsonObject> all)
    {
        if (!Engine.IsGogs)
        {
            PageHeaders(all.Count, 1, Math.Max(all.Count, 1));
        }

        return JsonAsync(200, GoJson.Array(all));
    }

    public (int Page, int Limit) PageHeaders(int total, int page, int limit)
    {
        var last = (total + limit - 1) / limit;
        var links = new List<string>();
        if (page < last)
        {
            links.Add(Link(page + 1, limit, "next"));
            links.Add(Link(last, limit, "last"));
        }

        if (page > 1)
        {
            links.Add(Link(1, limit, "first"));
            links.Add(Link(page - 1, limit, "prev"));
        }

        context.Response.Headers.AccessControlExposeHeaders = links.Count > 0 ? "Link, X-Total-Count" : "X-Total-Count";
        if (links.Count > 0)
        {
            context.Response.Headers.Link = string.Join(',', links);
        }

        context.Response.Headers["X-Total-Count"] = total.ToString(CultureInfo.InvariantCulture);
        return (page, limit);
    }

    /// <summary>Gogs tells pages in a Link header that keeps no other part of the query.</summary>
    public void GogsLinks(int total, int page, int size)
    {
        var last = Math.Max(1, (total + size - 1) / size);
        var address = Engine.BaseUrl + Request.Path;
        (bool IsThere, int Page, string Name)[] links =
        [
            (page < last, page + 1, "next"),
            (page < last, last, "last"),
            (page > 1, 1, "first"),
            (page > 1, page - 1, "prev"),
        ];
        var shown = links.Where(l => l.IsThere).Select(l => $"<{address}?page={l.Page}>; rel=\"{l.Name}\"").ToList();
        if (shown.Count > 0)
        {
            context.Response.Headers.Link = string.Join(',', shown);
        }
    }

    public int? Positive(string name) =>
        int.TryParse(Query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : null;

    public Task EmptyAsync(int status)
    {
        context.Response.StatusCode = status;
        if (status != 204)
        {
            context.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    /// <summary>Gitea words nearly every refusal; Gogs words those of its form checks and leaves the others empty.</summary>
    public Task RefuseAsync(int status, string message)
    {
        if (Engine.IsGogs)
        {
            return message.Length == 0
                ? EmptyAsync(status)
                : JsonAsync(status, GoJson.Object(("message", message), ("url", "https://github.com/gogs/docs-api")));
        }

        if (status == 403 && message.Length == 0)
        {
            return EmptyAsync(403);
        }

        var url = Engine.BaseUrl + "/api/swagger";
        return status == 404
            ? JsonAsync(
                404,
                GoJson.Object(
                    ("errors", null),
                    ("message", message.Length == 0 ? "The target couldn't be found." : message),
                    ("url", url)
                )
            )
            : JsonAsync(status, GoJson.Object(("message", message), ("url", url)));
    }

    public Task NoEndpointAsync() =>
        Engine.IsGogs
            ? WriteAsync(404, "text/html; charset=UTF-8", GogsNotFoundPage, isChunked: true)
            : WriteAsync(404, "text/plain; charset=utf-8", "404 page not found\n");

    public async Task WriteAsync(int status, string contentType, string text, bool isChunked = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        if (!isChunked)
        {
            context.Response.ContentLength = bytes.Length;
        }

        await context.Response.Body.WriteAsync(bytes, Aborted);
    }

    /// <summary>The signed-in user, or the flavour's 401.</summary>
    public ForgeUser Signed() => User ?? throw new ForgeRefusedException(401, Engine.IsGogs ? "" : "token is required");

    /// <summary>The repository of the route; without read access it does not exist.</summary>
    public ForgeRepository Repository(ForgeAccess needed = ForgeAccess.Read)
    {
        var repository = World.FindRepository(Route("owner"), Route("repo"));
        var permission = repository is null ? ForgeAccess.None : World.PermissionOf(User, repository);
        if (permission < ForgeAccess.Read)
        {
            throw new ForgeRefusedException(404, "");
        }

        if (needed > ForgeAccess.Read)
        {
            Signed();
        }

        return permission >= needed ? repository! : throw Lacking(needed);
    }

    public Issue Issue(ForgeRepository repository, bool? isPull = null)
    {
        lock (World.Gate)
        {
            var issue = repository.FindIssue(Number("number"));
            return issue is null || (isPull is { } wanted && wanted != issue.Pull is not null)
                ? throw new ForgeRefusedException(404, "")
                : issue;
        }
    }

    private ForgeRefusedException Lacking(ForgeAccess needed) =>
        (Engine.IsGogs, needed) switch
        {
            (true, _) => new ForgeRefusedException(403, ""),
            (_, ForgeAccess.Admin) => new ForgeRefusedException(
                403,
                "user should be an owner or a collaborator with admin write of a repository"
            ),
            _ => new ForgeRefusedException(403, "user should have a permission to write to a repo"),
        };

    private string Link(int page, int limit, string relation)
    {
        var query = Request
            .Query.Where(q => q.Key is not ("page" or "limit" or "token" or "access_token"))
            .Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}")
            .Append(string.Create(CultureInfo.InvariantCulture, $"limit={limit}"))
            .Append(string.Create(CultureInfo.InvariantCulture, $"page={page}"))
            .Order(StringComparer.Ordinal);
        return $"<{Engine.BaseUrl}{Request.Path}?{string.Join('&', query)}>; rel=\"{relation}\"";
    }
}
