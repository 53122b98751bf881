using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Bascule.Core.Audit;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.People;
using Bascule.Server.Tests.Access;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.People;

public sealed class RetirementTests(AccessStage stage) : IClassFixture<AccessStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARetiredPersonsSessionLetsNothingIn()
    {
        var viewer = await stage.PersonAsync("viewers");
        var token = stage.Sessions.Bearer(viewer);
        (await StatusAsync(token)).ShouldBe(HttpStatusCode.OK);

        using var retired = await stage.AskAsync(
            HttpMethod.Post,
            $"/api/v1/retire?subject={viewer.Uid}",
            await stage.PersonAsync("admins")
        );

        retired.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(token)).ShouldBe(HttpStatusCode.Unauthorized, "here it counts at once");
        (await StatusAsync(stage.Sessions.Bearer(viewer))).ShouldBe(
            HttpStatusCode.Unauthorized,
            "nor does a new session"
        );
    }

    /// <summary>What another replica stored: this one's only knows the database.</summary>
    [Fact]
    [Trait("Threat", "T45")]
    public async Task ARowOfAnotherReplicaCountsHereToo()
    {
        var viewer = await stage.PersonAsync("viewers");
        var token = stage.Sessions.Bearer(viewer);
        (await StatusAsync(token)).ShouldBe(HttpStatusCode.OK);

        await stage.ApplyAsync(new RetirePerson(viewer.Uid, DateTimeOffset.UtcNow));

        await EventuallyAsync(async () => await StatusAsync(token) == HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task SigningInAgainDoesNotUndoIt()
    {
        var viewer = await stage.PersonAsync("viewers");
        await stage.Get<Retirement>().RetireAsync(viewer.Uid, "operator", default);

        await stage.ApplyAsync(
            new SavePerson(
                new Person(viewer.Uid, viewer.Subject!)
                {
                    Name = "Back again",
                    FirstSeenAt = DateTimeOffset.UtcNow,
                    LastSeenAt = DateTimeOffset.UtcNow,
                }
            )
        );

        (await StatusAsync(stage.Sessions.Bearer(viewer))).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task SomebodyWhoWasNeverHereCanBeRetiredBeforeTheyCome()
    {
        var subject = new Subject(AccessStage.Issuer, Guid.NewGuid().ToString());

        var retired = await stage.Get<Retirement>().RetireAsync($"{subject.Issuer}#{subject.Id}", "operator", default);

        retired.Value.Confirmed.ShouldBeTrue();
        (await stage.Get<IPeopleStore>().FindAsync(subject, default))!.IsRetired.ShouldBeTrue();
    }

    [Fact]
    public async Task ItIsInTheAuditLogByPseudonym()
    {
        var viewer = await stage.PersonAsync("viewers");
        await stage.Get<Retirement>().RetireAsync(viewer.Uid, "person:p-admin", default);

        var entries = await stage.Get<IAuditLog>().ReadLastAsync(50, default);
        var entry = entries
            .Select(record => JsonDocument.Parse(record.Entry).RootElement)
            .First(one => one.GetProperty("type").GetString() == AuditTypes.PersonRetired);

        entry.GetProperty("actor").GetString().ShouldBe("person:p-admin");
        entry.GetProperty("facts").GetProperty("person").GetString().ShouldBe(viewer.Uid);
        entry.GetRawText().ShouldNotContain(viewer.Subject!.Id);
    }

    [Theory]
    [InlineData("p-nobody")]
    [InlineData("ada@example.com")]
    [InlineData("not a url#ada")]
    [InlineData("https://id.example.com#")]
    [Trait("Threat", "T39")]
    public async Task NobodyIsRetiredByAnythingButUidOrSubject(string text)
    {
        var refused = await stage.Get<Retirement>().RetireAsync(text, "operator", default);

        refused.Problem.ShouldNotBeNull().Code.ShouldBe(Core.ProblemCode.NotFound);
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var answer = await stage.SendAsync(stage.PublicRequest(HttpMethod.Get, "/api/v1/status"), token);
        return answer.StatusCode;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        var waited = Stopwatch.StartNew();
        while (!await isSo())
        {
            waited.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(50);
        }
    }
}
