using System.Text.Json.Nodes;
using Bascule.Simulators.Forges.Shapes;

namespace Bascule.Simulators.Forges.Api;

/// <summary>The smaller API of Gogs: no statuses, no pull requests, no version.</summary>
internal static class GogsApi
{
    /// <summary>ISSUE_PAGING_NUM as Gogs ships it; the API has no limit parameter for it.</summary>
    private const int IssuesPerPage = 10;

    public static void Map(RouteTable table)
    {
        SharedApi.Map(table);
        GogsGitApi.Map(table);
        KeyApi.Map(table, isGogs: true);
        table.Add("GET", "/user", c => c.JsonAsync(200, Dialect(c).User(c.Signed())));
        table.Add("GET", "/user/repos", MineAsync);
        table.Add("POST", "/user/repos", c => CreateAsync(c, c.Signed()));
        table.Add("GET", "/user/orgs", OrganisationsAsync);
        table.Add("GET", "/users/search", SearchUsersAsync);
        table.Add("GET", "/users/{name}", UserAsync);
        table.Add("GET", "/users/{name}/tokens", TokensAsync);
        table.Add("POST", "/users/{name}/tokens", CreateTokenAsync);
        table.Add("PATCH", "/admin/users/{name}", EditAccountAsync);
        table.Add("GET", "/orgs/{org}", OrganisationAsync);
        table.Add("POST", "/org/{org}/repos", CreateForOrganisationAsync);
        table.Add("GET", "/repos/search", SearchAsync);
        table.Add("GET", "/repos/{owner}/{repo}/issues", IssuesAsync);
        table.Add("GET", "/repos/{owner}/{repo}/issues/comments", AllCommentsAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", SharedApi.EditCommentAsync);
        table.Add("GET", "/repos/{owner}/{repo}/collaborators", CollaboratorsAsync);
        table.Add("GET", "/repos/{owner}/{repo}/collaborators/{name}", CollaboratorAsync);
        table.Add("PUT", "/repos/{owner}/{repo}/collaborators/{name}", AddCollaboratorAsync);
        table.Add("POST", "/repos/{owner}/{repo}/labels", CreateLabelAsync);
        table.Add("POST", "/repos/{owner}/{repo}/issues/{number}/labels", AddLabelsAsync);
        table.Add("PATCH", "/repos/{owner}/{repo}/issues/comments/{id}", SharedApi.EditCommentAsync);
    }

    public static GogsDialect Dialect(ApiCall call) => (GogsDialect)call.Engine.Dialect;

    private static Task MineAsync(ApiCall call)
    {
        var user = call.Signed();
        lock (call.World.Gate)
        {
            var mine = call.World.Repositories.Where(r =>
                r.Owner == user || r.Owner.Owners.Contains(user.Id) || r.Collaborators.ContainsKey(user.Id)
            );
            return call.ListAsync([.. mine.Select(r => SharedApi.Shape(call, r))]);
        }
    }

    /// <summary>Search shows public repositories only, and without permissions.</summary>
    private static Task SearchAsync(ApiCall call)
    {
        lock (call.World.Gate)
        {
            var found = call
                .World.Repositories.Where(r => !r.IsPrivate)
                .Where(r => r.Name.Contains(call.Query("q"), StringComparison.OrdinalIgnoreCase))
                .Take(call.Positive("limit") ?? 10)
                .Select(r => Dialect(call).Repository(r, null));
            return call.JsonAsync(200, GoJson.Object(("data", GoJson.Array(found)), ("ok", true)));
        }
    }

    private static Task SearchUsersAsync(ApiCall call)
    {
        lock (call.World.Gate)
        {
            var found = call
                .World.Users.Where(u => !u.IsOrganisation)
                .Where(u => u.Name.Contains(call.Query("q"), StringComparison.OrdinalIgnoreCase))
                .Take(call.Positive("limit") ?? 10)
                .Select(u =>
                {
                    var shape = Dialect(call).User(u, call.User is not null);
                    shape["login"] = "";
                    return shape;
                });
            return call.JsonAsync(200, GoJson.Object(("data", GoJson.Array(found)), ("ok", true)));
        }
    }

    private static async Task CreateAsync(ApiCall call, ForgeUser owner)
    {
        var body = call.Body;
        var repository = await call.Engine.CreateRepositoryAsync(
            owner,
            ApiCall.Text(body, "name") ?? throw new ForgeRefusedException(422, "Name is required"),
            ApiCall.Flag(body, "private") ?? false,
            "master",
            ApiCall.Flag(body, "auto_init") ?? false,
            call.Aborted
        );
        await call.JsonAsync(201, GogsDialect.WithoutTimes(SharedApi.Shape(call, repository)));
    }

    private static Task CreateForOrganisationAsync(ApiCall call)
    {
        var user = call.Signed();
        var organisation = FindOrganisation(call);
        return organisation.Owners.Contains(user.Id) || user.IsAdmin
            ? CreateAsync(call, organisation)
            : call.RefuseAsync(403, "");
    }

    private static Task OrganisationsAsync(ApiCall call)
    {
        var user = call.Signed();
        lock (call.World.Gate)
        {
            return call.ListAsync([
                .. call.World.Users.Where(u => u.Members.Contains(user.Id)).Select(Dialect(call).Organisation),
            ]);
        }
    }

    private static Task OrganisationAsync(ApiCall call) =>
        call.JsonAsync(200, Dialect(call).Organisation(FindOrganisation(call)));

    private static ForgeUser FindOrganisation(ApiCall call) =>
        call.World.FindUser(call.Route("org")) is { IsOrganisation: true } found
            ? found
            : throw new ForgeRefusedException(404, "");

    /// <summary>Strangers do not see the e-mail address.</summary>
    private static Task UserAsync(ApiCall call) =>
        call.World.FindUser(call.Route("name")) is { } user
            ? call.JsonAsync(200, Dialect(call).User(user, showEmail: (call.User ?? call.PasswordUser) is not null))
            : call.RefuseAsync(404, "");

    private static Task TokensAsync(ApiCall call)
    {
        var user = call.PasswordUser ?? throw new ForgeRefusedException(401, "");
        lock (call.World.Gate)
        {
            return call.ListAsync([.. user.Tokens.Select(Token)]);
        }
    }

    /// <summary>
    /// By a token or a password of a site administrator. The whole account is written anew: what the body leaves out is empty afterwards, but for the password.
    /// Tokens stay good.
    /// </summary>
    private static Task EditAccountAsync(ApiCall call)
    {
        if ((call.User ?? call.PasswordUser) is not { IsAdmin: true })
        {
            return call.EmptyAsync(403);
        }

        if (call.World.FindUser(call.Route("name")) is not { IsOrganisation: false } user)
        {
            return call.EmptyAsync(404);
        }

        var body = call.Body;
        if (ApiCall.Text(body, "email") is not { Length: > 0 } email)
        {
            return call.JsonAsync(
                422,
                GoJson.Array([
                    GoJson.Object(
                        ("fieldNames", GoJson.Strings(["Email"])),
                        ("classification", "RequiredError"),
                        ("message", "Required")
                    ),
                ])
            );
        }

        lock (call.World.Gate)
        {
            user.Email = email;
            user.FullName = ApiCall.Text(body, "full_name") ?? "";
            if (ApiCall.Text(body, "password") is { Length: > 0 } password)
            {
                user.Password = password;
            }
        }

        return call.JsonAsync(200, Dialect(call).User(user));
    }

    /// <summary>The name in the path means nothing: the token is for whoever signed in, as recorded.</summary>
    private static Task CreateTokenAsync(ApiCall call)
    {
        var user = call.PasswordUser ?? throw new ForgeRefusedException(401, "");
        return call.JsonAsync(201, Token(call.Engine.AddToken(user, ApiCall.Text(call.Body, "name") ?? "")));
    }

    private static JsonObject Token(AccessToken token) => GoJson.Object(("name", token.Name), ("sha1", token.Sha1));

    /// <summary>Ten to a page, newest first; every state but "closed" means open; pull requests are never in it.</summary>
    private static Task IssuesAsync(ApiCall call)
    {
        var repository = call.Repository();
        var isClosed = call.Query("state") == "closed";
        lock (call.World.Gate)
        {
            var fitting = repository
                .Issues.Where(i => i.Pull is null && i.IsClosed == isClosed)
                .OrderByDescending(i => i.Created)
                .ThenByDescending(i => i.Number)
                .ToList();
            var page = call.Positive("page") ?? 1;
            call.GogsLinks(fitting.Count, page, IssuesPerPage);
            var shown = fitting.Skip((page - 1) * IssuesPerPage).Take(IssuesPerPage);
            return call.ListAsync([.. shown.Select(Dialect(call).Issue)]);
        }
    }

    private static Task AllCommentsAsync(ApiCall call)
    {
        var repository = call.Repository();
        lock (call.World.Gate)
        {
            return call.ListAsync([.. repository.Issues.SelectMany(i => i.Comments).Select(Dialect(call).Comment)]);
        }
    }

    private static Task CollaboratorsAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            var users = call.World.Users.Where(u => repository.Collaborators.ContainsKey(u.Id));
            return call.ListAsync([
                .. users.Select(u =>
                {
                    var shape = Dialect(call).User(u);
                    shape.Add("permissions", Permissions(repository.Collaborators[u.Id]));
                    return shape;
                }),
            ]);
        }
    }

    private static JsonObject Permissions(ForgeAccess permission) =>
        GoJson.Object(
            ("admin", permission == ForgeAccess.Admin),
            ("push", permission >= ForgeAccess.Write),
            ("pull", permission >= ForgeAccess.Read)
        );

    private static Task CollaboratorAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        lock (call.World.Gate)
        {
            return call.World.FindUser(call.Route("name")) is { } user && repository.Collaborators.ContainsKey(user.Id)
                ? call.EmptyAsync(204)
                : call.RefuseAsync(404, "");
        }
    }

    private static Task AddCollaboratorAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Admin);
        var user = call.World.FindUser(call.Route("name")) ?? throw new ForgeRefusedException(422, "no such user");
        lock (call.World.Gate)
        {
            repository.Collaborators[user.Id] = ApiCall.Text(call.Body, "permission") switch
            {
                "read" => ForgeAccess.Read,
                "admin" => ForgeAccess.Admin,
                _ => ForgeAccess.Write,
            };
        }

        return call.EmptyAsync(204);
    }

    private static Task CreateLabelAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Write);
        var name = ApiCall.Text(call.Body, "name") ?? "";
        var label = call.Engine.AddLabel(repository, name, ApiCall.Text(call.Body, "color") ?? "");
        return call.JsonAsync(201, GogsDialect.Label(label with { Id = 0 }));
    }

    private static Task AddLabelsAsync(ApiCall call)
    {
        var repository = call.Repository(ForgeAccess.Write);
        var issue = call.Issue(repository);
        var ids = (call.Body["labels"] as JsonArray ?? []).Select(n => n!.GetValue<long>()).ToHashSet();
        call.Engine.AddLabels(issue, call.Signed(), [.. repository.Labels.Where(l => ids.Contains(l.Id))]);
        lock (call.World.Gate)
        {
            return call.JsonAsync(200, GoJson.Array(issue.Labels.Select(GogsDialect.Label)));
        }
    }
}
