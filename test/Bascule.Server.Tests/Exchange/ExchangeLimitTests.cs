using System.Net;
using Bascule.Core.Audit;
using Bascule.Server.Exchange;
using Bascule.Testing.Identity;

namespace Bascule.Server.Tests.Exchange;

public sealed class ExchangeLimitTests
{
    [Fact]
    public void AMinutesWorthIsThereAtOnceAndThenOneAtATime()
    {
        var clock = new SteadyClock();
        var allowance = new Allowance(3, clock);
        for (var used = 0; used < 3; used++)
        {
            allowance.WaitOf("a").ShouldBeNull();
            allowance.Take("a");
        }

        allowance.WaitOf("a").ShouldBe(TimeSpan.FromSeconds(20));
        allowance.WaitOf("b").ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(20));
        allowance.WaitOf("a").ShouldBeNull();
    }

    [Fact]
    public async Task TooManyTokensAndTooManyRefusalsAreToldToWait()
    {
        var stage = new ExchangeStage(isTight: true);
        await stage.InitializeAsync();
        try
        {
            var answers = new List<Answer>();
            for (var asked = 0; asked < 3; asked++)
                answers.Add(await stage.ExchangeAsync(stage.Token()));
            answers
                .Select(answer => answer.Status)
                .ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests]);
            answers[2].Headers.RetryAfter.ShouldNotBeNull();
            for (var asked = 0; asked < 2; asked++)
                (await stage.ExchangeAsync("rubbish")).Status.ShouldBe(HttpStatusCode.BadRequest);
            (await stage.ExchangeAsync("rubbish")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
            (await stage.EntriesAsync(AuditTypes.ExchangesRefused))
                .Select(entry => (string)entry["decision"]!["reason"]!)
                .ShouldBe(["subject token", "too many refusals", "too many tokens"], ignoreOrder: true);
        }
        finally
        {
            await stage.DisposeAsync();
        }
    }
}
