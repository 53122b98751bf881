using System.Text;
using Bascule.Core;
using Bascule.Server.Api;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.Tests.Api;

public sealed class ProblemAnswerTests
{
    [Theory]
    [InlineData(ProblemCode.Invalid, 400)]
    [InlineData(ProblemCode.Unauthenticated, 401)]
    [InlineData(ProblemCode.Denied, 403)]
    [InlineData(ProblemCode.NotFound, 404)]
    [InlineData(ProblemCode.Conflict, 409)]
    [InlineData(ProblemCode.Limited, 429)]
    [InlineData(ProblemCode.Unavailable, 503)]
    [InlineData(ProblemCode.Internal, 500)]
    public void GivesEachCodeItsStatus(ProblemCode code, int status) => ProblemAnswer.StatusOf(code).ShouldBe(status);

    [Fact]
    public void KnowsEveryCode() =>
        Enum.GetValues<ProblemCode>().Count(code => ProblemAnswer.StatusOf(code) == 500).ShouldBe(1);

    [Fact]
    public async Task WritesAProblemDocument()
    {
        var (answer, body) = await AnswerAsync(Problem.Conflict("run 'x' has ended already"));

        answer.StatusCode.ShouldBe(409);
        answer.ContentType.ShouldBe("application/problem+json");
        body.ShouldBe(
            """{"type":"about:blank","title":"Conflict","status":409,"detail":"run \u0027x\u0027 has ended already","code":"conflict","retry_after_seconds":null}"""
        );
    }

    [Fact]
    public async Task SaysWhenToComeBack()
    {
        var (answer, _) = await AnswerAsync(Problem.Limited("too many", TimeSpan.FromSeconds(2.2)));

        answer.Headers.RetryAfter.ToString().ShouldBe("3");
    }

    [Fact]
    public async Task AsksForTheToken()
    {
        var (answer, _) = await AnswerAsync(Problem.Unauthenticated("who are you"));

        answer.Headers.WWWAuthenticate.ToString().ShouldStartWith("Bearer");
    }

    private static async Task<(HttpResponse Answer, string Body)> AnswerAsync(Problem problem)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await new ProblemAnswer(problem).ExecuteAsync(context);
        return (context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }
}
