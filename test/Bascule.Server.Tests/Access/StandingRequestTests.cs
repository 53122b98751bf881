using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Access;
using Bascule.Testing.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using HttpMethod = System.Net.Http.HttpMethod;

namespace Bascule.Server.Tests.Access;

/// <summary>A page that follows a run, a poll that waits: however long a request lasts, it ends with what let it in.</summary>
public sealed class StandingRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Person Ada = new("p-ada", new Subject("https://id.example.com", "ada"))
    {
        Name = "Ada",
        Groups = ["staff"],
        FirstSeenAt = DateTimeOffset.UnixEpoch,
        LastSeenAt = DateTimeOffset.UnixEpoch,
    };

    private readonly HttpClient _http = new();
    private readonly TaskCompletionSource _cut = new();
    private LocalServer _server = null!;
    private string _token = "";

    public async Task InitializeAsync()
    {
        var rule = new RoleRule(0, Role.Viewer, [Selector.Parse("group:staff").Value]);
        _server = await LocalServer.StartAsync(roles: [rule], routes: MapLive);
        _server.People.Add(Ada);
        _token = _server.Sessions.Bearer(Ada.ToActor(authenticatedAt: null));
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    [Trait("Threat", "T45")]
    public Task IsCutWhenItsPersonIsRetired() =>
        ShouldBeCutByAsync(() => _server.People.Add(Ada with { RetiredAt = DateTimeOffset.UtcNow }));

    [Fact]
    [Trait("Threat", "T45")]
    public Task IsCutWhenItsSessionEnds() => ShouldBeCutByAsync(() => _server.Sessions.End(_token));

    [Fact]
    [Trait("Threat", "T45")]
    public Task IsCutWhenItsPersonHasNoRoleAnyMore() =>
        ShouldBeCutByAsync(() => _server.Sessions.Replace(_token, Ada.ToActor(null) with { Groups = [] }));

    private async Task ShouldBeCutByAsync(Action end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Public, "/live"))
        {
            Headers = { Host = LocalServer.PublicName, Authorization = new("Bearer", _token) },
        };
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync();
        (await stream.ReadAsync(new byte[1])).ShouldBe(1);
        _cut.Task.IsCompleted.ShouldBeFalse();

        end();

        await _cut.Task.WaitAsync(Patience);
        await Should.ThrowAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1]));
    }

    private void MapLive(IEndpointRouteBuilder routes) =>
        routes.MapGet("/live", (RequestDelegate)FollowAsync).WithMetadata(new Inside(IsPage: false)).Asks(Act.ReadRuns);

    private async Task FollowAsync(HttpContext context)
    {
        await context.Response.WriteAsync(".");
        await context.Response.Body.FlushAsync();
        await using var _ = context.RequestAborted.Register(() => _cut.TrySetResult());
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
