using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Bascule.Server.Tests.Access;

public sealed class RouteCheckTests
{
    private readonly WebApplication _app = WebApplication.CreateSlimBuilder().Build();

    [Fact]
    [Trait("Threat", "T58")]
    public void RefusesARouteThatNobodyGaveARule()
    {
        _app.MapGet("/forgotten", () => "").WithMetadata(new Inside(IsPage: true));

        Should.Throw<InvalidOperationException>(Require).Message.ShouldContain("/forgotten has 0 rules");
    }

    [Fact]
    [Trait("Threat", "T58")]
    public void RefusesARouteWithTwoRules()
    {
        _app.MapGet("/both", () => "").WithMetadata(new Inside(IsPage: true)).Asks(Act.ReadRuns).IsOpen("why not");

        Should.Throw<InvalidOperationException>(Require).Message.ShouldContain("/both has 2 rules");
    }

    [Fact]
    [Trait("Threat", "T59")]
    public void RefusesARouteThatDoesNotSayWhatItsIdNames()
    {
        _app.MapGet("/things/{id}", (string id) => id).WithMetadata(new LocalOnly()).Asks(Act.ReadRuns);

        Should.Throw<InvalidOperationException>(Require).Message.ShouldContain("names something in its address");
    }

    [Fact]
    [Trait("Threat", "T58")]
    public void RefusesARouteWithAnActThatAnswersToTheWorld()
    {
        _app.MapGet("/open-by-mistake", () => "").Asks(Act.ReadRuns);

        Should.Throw<InvalidOperationException>(Require).Message.ShouldContain("mark it Inside or LocalOnly");
    }

    [Fact]
    [Trait("Threat", "T58")]
    public void RefusesARouteForPeopleThatAnswersToTheWorld()
    {
        _app.MapGet("/mine", () => "").IsForPerson("it is their own");

        Should.Throw<InvalidOperationException>(Require).Message.ShouldContain("mark it Inside");
    }

    [Fact]
    public void TakesRoutesWithOneRuleEach()
    {
        _app.MapGet("/own/{id}", (string id) => id).WithMetadata(new Inside(IsPage: true)).IsForPerson("own");
        _app.MapGet("/open", () => "").IsOpen("nothing is told");
        _app.MapGet("/{**rest}", () => "").WithMetadata(new Inside(IsPage: false)).Asks(Act.ReadRuns);

        Should.NotThrow(Require);
    }

    private void Require() => ((IEndpointRouteBuilder)_app).RequireRouteRules();
}
