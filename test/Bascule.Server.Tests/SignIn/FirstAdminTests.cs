using System.Net;
using Bascule.Core;
using Bascule.Core.People;
using Bascule.Server.SignIn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Server.Tests.SignIn;

public sealed class FirstAdminTests : IClassFixture<SignInStage>, IDisposable
{
    private readonly SignInStage _stage;
    private readonly Visitor _ann;

    public FirstAdminTests(SignInStage stage)
    {
        (_stage, _ann) = (stage, stage.NewVisitor());
        stage.Corp.Reset();
    }

    public void Dispose() => _ann.Dispose();

    private FirstAdmin Links => _stage.Services.GetRequiredService<FirstAdmin>();

    [Fact]
    [Trait("Threat", "T43")]
    public async Task TheLinkMakesOneAdministratorOnce()
    {
        var (first, second) = (await LinkAsync(), await LinkAsync());
        await _ann.GetAsync(first);
        _ann.Page.ShouldContain("an administrator, once");
        await SignInAsync("u-admin", first.Query);
        await _ann.GetAsync("/people");
        _ann.Status.ShouldBe(HttpStatusCode.OK, "an administrator sees people");

        using var bob = _stage.NewVisitor();
        _stage.Corp.Person = "u-bob";
        await bob.SignInAsync(query: first.Query);
        bob.SessionCookie.ShouldBeNull("it was used");
        await bob.SignInAsync(query: second.Query);
        bob.SessionCookie.ShouldBeNull("there is an administrator now");
        bob.Page.ShouldContain("is the first administrator");
        (await Links.MakeLinkAsync("operator", default)).Problem!.Code.ShouldBe(ProblemCode.Conflict);

        await bob.SignInAsync();
        (await _stage.FindPersonAsync("u-bob"))!.Granted.ShouldBeNull();
        (await _stage.FindPersonAsync("u-admin"))!.Granted.ShouldBe(Role.Admin);
        await SignInAsync("u-admin", "");
        (await _stage.FindPersonAsync("u-admin"))!.Granted.ShouldBe(
            Role.Admin,
            "signing in again does not take it away"
        );
    }

    [Theory]
    [InlineData("?first_admin=AAAA")]
    [InlineData("?first_admin=bsc_s_0000000000000000000000000000000000000000000000000000000000000000")]
    [Trait("Threat", "T43")]
    public async Task AnythingElseMakesNone(string query)
    {
        _stage.Corp.Person = "u-guess";

        await _ann.SignInAsync(query: query);

        _ann.SessionCookie.ShouldBeNull();
        _ann.Page.ShouldContain("bascule person first-admin");
    }

    [Fact]
    public void TheLinkSaysUntilWhenAndCannotBeChanged()
    {
        var protector = _stage.Services.GetRequiredService<IDataProtectionProvider>();
        var links = new SealedLink(protector.CreateProtector("first-admin link"));
        var until = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

        var link = links.Make(until);

        links.Read(link).ShouldBe(until);
        links.Make(until).ShouldNotBe(link);
        new SealedLink(protector.CreateProtector("another purpose")).Read(link).ShouldBeNull();
        links.Read(link[..^2] + (link[^2] == 'A' ? "B" : "A") + link[^1]).ShouldBeNull();
    }

    private async Task<Uri> LinkAsync() => (await Links.MakeLinkAsync("operator", default)).Value;

    private async Task SignInAsync(string sub, string query)
    {
        _stage.Corp.Person = sub;
        await _ann.SignInAsync(query: query);
        _ann.SessionCookie.ShouldNotBeNull(_ann.Page);
    }
}
