using System.Net;
using System.Net.Http.Headers;
using Bascule.Core.Audit;
using Bascule.Server.Audit;

namespace Bascule.Server.Tests.GitProxy;

/// <summary>Limits as an operator sets them, and what the audit log says when they bite.</summary>
public sealed class GitLimitTests : IAsyncLifetime
{
    private const string Churn = "/git/git/ml/churn.git";
    private readonly GitStage _stage = new()
    {
        Settings = "git: { limits: { question_bytes: 65536, identity_requests_per_minute: 3 } }\n",
    };

    public Task InitializeAsync() => _stage.InitializeAsync();

    public Task DisposeAsync() => _stage.DisposeAsync();

    [Fact]
    [Trait("Threat", "T95")]
    public async Task WhatALimitStopsIsCountedUnderItsName()
    {
        var token = _stage.Token();
        (await AskAsync(token, new byte[65537])).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(token, new byte[65537])).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(token)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(token)).ShouldBe(HttpStatusCode.TooManyRequests);
        (await AskAsync(_stage.Token())).ShouldBe(HttpStatusCode.OK, "somebody else's");

        await _stage.Get<RefusalCounter>().FlushAsync(default);
        var entries = await _stage.EntriesAsync(AuditTypes.GitRefused);

        entries
            .Select(entry => $"{entry["decision"]!["rule"]} {entry["decision"]!["reason"]} {entry["facts"]!["count"]}")
            .ShouldBe(["git.limits question_bytes 2", "git.limits identity_requests_per_minute 1"], ignoreOrder: true);
    }

    /// <param name="question">Null for a list of refs.</param>
    private async Task<HttpStatusCode> AskAsync(string token, byte[]? question = null)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            _stage.Of(Churn + "/info/refs?service=git-upload-pack")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (question is not null)
        {
            (request.Method, request.RequestUri) = (HttpMethod.Post, _stage.Of(Churn + "/git-upload-pack"));
            request.Content = new ByteArrayContent(question);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-git-upload-pack-request");
        }
        using var answer = await _stage.SendAsync(request);
        return answer.StatusCode;
    }
}
