using System.Net;
using Bascule.Core.People;
using Bascule.Server.Access;
using Microsoft.AspNetCore.Routing;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Access;

/// <summary>Every route, and who gets through to it.</summary>
public sealed class RouteTableTests(AccessStage stage) : IClassFixture<AccessStage>
{
    // v viewer, d developer, o operator, p approver, u auditor, a admin; + whoever is signed in; - nobody but the local token; * anybody at all; t whoever presents a token for what is named; . on the machine itself only
    private const string Table = """
        GET  /                               vdopua
        GET  /runs/{id}                      vdopua
        POST /runs/{id}/approve              p
        POST /runs/{id}/withdraw             p
        POST /runs/{id}/break-glass          o
        POST /runs/{id}/cancel               o
        POST /runs/{id}/retry                do
        POST /runs/{id}/reproduce            do
        GET  /runs/{id}/metrics.svg          vdopua
        GET  /runs/{id}/statements.intoto.jsonl vdopua
        GET  /runs/{id}/run.sigstore.json    vdopua
        GET  /runs/{id}/slsa.sigstore.json   vdopua
        GET  /approvals                      vdopua
        GET  /lineage                        vdopua
        GET  /environments                   vdopua
        GET  /deliveries                     o ua
        GET  /forges                         o ua
        GET  /people                         ua
        GET  /people/explain                 ua
        GET  /people/{id}                    ua
        POST /theme                          *
        GET  /assets/{name}                  *
        GET  /{**path}                       *
        GET  /api/v1/status                  vdopua
        GET  /api/v1/runs                    vdopua
        GET  /api/v1/runs/{id}               vdopua
        POST /api/v1/runs/{id}/cancel        o
        POST /api/v1/runs/{id}/retry         do
        POST /api/v1/runs/{id}/reproduce     do
        GET  /api/v1/trace                   vdopua
        GET  /api/v1/environments            vdopua
        GET  /api/v1/deployments             vdopua
        POST /api/v1/deployments/{id}/rollback pa
        GET  /api/v1/promotions              vdopua
        GET  /api/v1/models/versions         vdopua
        POST /api/v1/runs/{id}/promote       do
        POST /api/v1/promotions/{id}/rollback pa
        GET  /api/v1/drift                   vdopua
        GET  /api/v1/approvals               vdopua
        GET  /api/v1/runs/{id}/approvals     vdopua
        POST /api/v1/runs/{id}/approve       p
        POST /api/v1/runs/{id}/withdraw      p
        POST /api/v1/runs/{id}/break-glass   o
        GET  /api/v1/deliveries              o ua
        GET  /api/v1/quarantined             o ua
        GET  /api/v1/forges                  o ua
        GET  /api/v1/people                  ua
        GET  /api/v1/policy/explain          ua
        POST /api/v1/retire                  a
        POST /api/v1/people/legal-hold       a
        POST /api/v1/people/release          a
        POST /api/v1/people/erase            a
        GET  /api/v1/tokens                  o ua
        POST /api/v1/tokens/revoke           oa
        GET  /api/v1/credentials             ua
        POST /api/v1/credentials/seal        a
        POST /api/v1/credentials/rotate      a
        GET  /provenance/keys                *
        GET  /provenance/keys.pem            *
        GET  /provenance/keys/{id}.pem       *
        GET  /api/v1/runs/{id}/attestations  vdopua
        GET  /api/v1/provenance/keys         vdopua
        POST /api/v1/provenance/keys/rotate  a
        GET  /api/v1/audit/collectors        o ua
        POST /api/v1/audit/collectors/replay oa
        GET  /api/v1/git                     +
        GET  /api/v1/issuers                 ua
        POST /api/v1/issuers/confirm         a
        GET  /api/v1/account/keys            +
        POST /api/v1/account/keys/confirm    +
        POST /api/v1/account/keys/forget     +
        GET  /api/v1/{**rest}                vdopua
        POST /api/v1/connect                 a
        POST /api/v1/doctor                  a
        GET  /api/v1/events/{id}             o ua
        POST /api/v1/events/{id}/replay      o
        POST /api/v1/events/{id}/dismiss     o
        POST /api/v1/resume                  o
        POST /api/v1/first-admin             a
        GET  /api/v1/sign-in                 *
        POST /api/v1/sessions                *
        DELETE /api/v1/sessions/current      *
        GET  /sign-in                        *
        GET  /sign-in/{provider}             *
        GET  /sign-in/{provider}/callback    *
        POST /sign-in/{provider}/logout      *
        POST /sign-out                       *
        GET  /signed-out                     *
        GET  /account                        +
        POST /account/links/{id}             +
        GET  /account/links/{id}/callback    +
        POST /account/links/{id}/code        +
        POST /account/links/{id}/proof       +
        POST /account/links/{id}/remove      +
        POST /people/{id}/unlink             a
        GET  /api/v1/account                 +
        POST /api/v1/account/links/{id}/code +
        POST /api/v1/account/links/{id}/proof +
        POST /api/v1/account/links/{id}/remove +
        POST /api/v1/people/{id}/unlink      a
        POST /oauth/token                    *
        POST /oauth/introspect               *
        POST /oauth/revoke                   *
        GET  /git-credential.sh              *
        GET  /.well-known/oauth-authorization-server *
        POST /hooks/{uid}                    *
        GET  /.well-known/openid-configuration *
        GET  /.well-known/jwks.json          *
        GET  /badges/{uid}.svg               *
        GET  /git/{forge}/{owner}/{name}.git/info/refs t
        POST /git/{forge}/{owner}/{name}.git/git-upload-pack t
        POST /git/{forge}/{owner}/{name}.git/git-receive-pack t
        GET  /git/{forge}/{owner}/{name}.git/deployed t
        POST /git/{forge}/{owner}/{name}.git/info/lfs/objects/batch t
        GET  /git/{forge}/{owner}/{name}.git/info/lfs/objects/{oid}/{size} t
        PUT  /git/{forge}/{owner}/{name}.git/info/lfs/objects/{oid}/{size} t
        GET  /git/{**rest}                   *
        GET  /raw/{forge}/{owner}/{name}/{**file} t
        GET  /raw/{**rest}                   *
        GET  /api/v1/audit/entries           u
        GET  /audit/entries                  u
        GET  /audit/entries/{id}             u
        GET  /audit/entries/{id}/bytes       u
        GET  /audit/story                    u
        GET  /audit/keys                     *
        GET  /audit/checkpoint               *
        GET  /audit/witnessed                *
        GET  /audit/tile/{level}/{**place}   *
        GET  /audit/tile/entries/{**place}   u
        POST /audit/cosignatures             *
        GET  /audit/{log}/checkpoint         *
        GET  /audit/{log}/witnessed          *
        GET  /audit/{log}/tile/{level}/{**place} *
        GET  /audit/{log}/tile/entries/{**place} u
        POST /audit/{log}/cosignatures       *
        GET  /health/live                    *
        GET  /health/ready                   *
        GET  /metrics                        .
        """;

    private static readonly Dictionary<char, Role> Letters = new()
    {
        ['v'] = Role.Viewer,
        ['d'] = Role.Developer,
        ['o'] = Role.Operator,
        ['p'] = Role.Approver,
        ['u'] = Role.Auditor,
        ['a'] = Role.Admin,
    };

    [Fact]
    [Trait("Threat", "T58")]
    public void TheTableHasEveryRouteAndNoOther()
    {
        var written = Rows().Select(row => $"{row.Method} {row.Path}");

        var mapped = stage.Routes.SelectMany(Named).Distinct().Where(name => name != "GET /runs/{id} (elsewhere)");

        mapped.Order(StringComparer.Ordinal).ShouldBe(written.Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Threat", "T58")]
    public async Task EveryRouteLetsThroughTheRolesOfTheTableAndNobodyElse()
    {
        List<string> wrong = [];
        foreach (var role in Enum.GetValues<Role>())
        {
            var actor = await stage.PersonAsync($"{role}s".ToLowerInvariant());
            foreach (var row in Rows())
                if (await IsThroughAsync(row, actor) != row.Lets(role))
                    wrong.Add($"{role}: {row.Method} {row.Path}");
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Threat", "T58")]
    public async Task WhoHasNoRoleGetsThroughToOpenRoutesAndTheirOwnAccountOnly()
    {
        var actor = await stage.PersonAsync("strangers");
        foreach (var row in Rows())
            (await IsThroughAsync(row, actor)).ShouldBe(row.IsOpen || row.IsForPerson, $"{row.Method} {row.Path}");
    }

    [Fact]
    [Trait("Threat", "T58")]
    [Trait("Threat", "T36")]
    public async Task WhoIsNobodyInParticularGetsThroughToOpenRoutesOnly()
    {
        foreach (var row in Rows().Where(row => !row.IsLocal))
        {
            using var answer = await AskAsync(row, actor: null);
            var isRefused = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Redirect;
            isRefused.ShouldBe(!row.IsOpen, $"{row.Method} {row.Path}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("POST", "/api/v1/runs")]
    [InlineData("PUT", "/api/v1/runs/{id}/cancel")]
    [InlineData("GET", "/api/v1/runs/{id}/cancel")]
    [InlineData("DELETE", "/api/v1/people")]
    [InlineData("POST", "/API/V1/RUNS/{id}/CANCEL")]
    [InlineData("POST", "/api/v1//runs/{id}/cancel")]
    [InlineData("POST", "/api/v1/runs/{id}/cancel/")]
    [InlineData("POST", "/api/v1/x/../runs/{id}/cancel")]
    [Trait("Threat", "T58")]
    public async Task AReaderChangesNothingByAnotherVerbOrSpelling(string method, string path)
    {
        var viewer = await stage.PersonAsync("viewers");
        var before = await stage.Get<Core.Runs.IRunStore>().FindAsync(stage.Run.Id, default);

        using var answer = await stage.AskAsync(
            HttpMethod.Parse(method),
            path.Replace("{id}", stage.Run.Id.Text, StringComparison.Ordinal),
            viewer
        );

        ((int)answer.StatusCode).ShouldBeInRange(400, 499);
        (await stage.Get<Core.Runs.IRunStore>().FindAsync(stage.Run.Id, default)).ShouldBe(before);
    }

    private async Task<bool> IsThroughAsync(Row row, Actor actor)
    {
        using var answer = await AskAsync(row, actor);
        return row.IsLocal
            ? answer.StatusCode == HttpStatusCode.NotFound && row.IsOpen
            : answer.StatusCode
                is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.Redirect);
    }

    private Task<HttpResponseMessage> AskAsync(Row row, Actor? actor)
    {
        var path = row.Path.Contains("/events/", StringComparison.Ordinal)
            ? row.Path.Replace("{id}", stage.DeliveryUid, StringComparison.Ordinal)
            : row.Path.Replace("{id}", stage.Run.Id.Text, StringComparison.Ordinal);
        path = path.Replace("{forge}/{owner}/{name}.git", "git/ml/churn.git", StringComparison.Ordinal)
            .Replace("{oid}/{size}", new string('a', 64) + "/5", StringComparison.Ordinal)
            .Replace("{forge}/{owner}/{name}/{**file}", "git/ml/churn/HEAD/train.py", StringComparison.Ordinal)
            .Replace("info/refs", "info/refs?service=git-upload-pack", StringComparison.Ordinal)
            .Replace("{name}", "icon.svg", StringComparison.Ordinal)
            .Replace("{uid}", "unknown", StringComparison.Ordinal)
            .Replace("{**path}", "nothing-here", StringComparison.Ordinal)
            .Replace("{**rest}", "nothing-here", StringComparison.Ordinal)
            .Replace("{log}/tile/{level}/{**place}", "2/tile/0/000", StringComparison.Ordinal)
            .Replace("{level}/{**place}", "0/000", StringComparison.Ordinal)
            .Replace("entries/{**place}", "entries/000", StringComparison.Ordinal)
            .Replace("{log}", "2", StringComparison.Ordinal);
        return stage.AskAsync(HttpMethod.Parse(row.Method), path, actor);
    }

    private static IReadOnlyList<Row> Rows() =>
        [
            .. Table
                .Split('\n')
                .Select(line => line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries))
                .Select(parts => new Row(parts[0], parts[1], parts[2])),
        ];

    /// <summary>The page of a run is mapped twice: the console's own, and the one that says where the console is.</summary>
    private static IEnumerable<string> Named(RouteEndpoint route)
    {
        var isElsewhere = route.RoutePattern.RawText == "/runs/{id}" && route.Metadata.GetMetadata<Inside>() is null;
        var methods = route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        var path = route
            .RoutePattern.RawText!.Replace(":nonfile", "", StringComparison.Ordinal)
            .Replace(":int:min(2)", "", StringComparison.Ordinal)
            .Replace(":int", "", StringComparison.Ordinal);
        foreach (var method in methods.Where(method => method != "HEAD"))
            yield return $"{method} {path}{(isElsewhere ? " (elsewhere)" : "")}";
    }

    private sealed record Row(string Method, string Path, string Who)
    {
        public bool IsOpen => Who is "*" or ".";
        public bool IsLocal => Who == ".";
        public bool IsForPerson => Who == "+";

        public bool Lets(Role role) =>
            IsOpen || IsForPerson || Who.Any(letter => Letters.TryGetValue(letter, out var one) && one == role);
    }
}
