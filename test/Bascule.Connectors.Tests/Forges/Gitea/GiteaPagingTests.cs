using System.Net;
using Bascule.Connectors.Forges.Gitea;
using Bascule.Connectors.Forges.GiteaFamily;
using Bascule.Core;

namespace Bascule.Connectors.Tests.Forges.Gitea;

public sealed class GiteaPagingTests
{
    [Theory]
    [InlineData(0, 50, true, 1)]
    [InlineData(50, 50, true, 1)]
    [InlineData(120, 50, true, 3)]
    [InlineData(120, 30, true, 4)] // an administrator lowered the page size
    [InlineData(120, 50, false, 4)] // no total: one page more finds nothing
    public async Task ReadsEveryPageHoweverLargeTheServerMakesThem(
        int repositories,
        int pageSize,
        bool total,
        int calls
    )
    {
        var server = new PagingServer(repositories, pageSize, total);

        var listed = (await Forge(server).ListRepositoriesAsync(default)).Value;

        listed.Select(repository => repository.Id).ShouldBe(Enumerable.Range(1, repositories).Select(id => (long)id));
        server.Calls.ShouldBe(calls);
    }

    [Fact]
    public async Task StopsAtAServerThatIgnoresPages()
    {
        var server = new PagingServer(10, 0, total: false);

        (await Forge(server).ListRepositoriesAsync(default)).Value.Count.ShouldBe(10);

        server.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task ARepositoryNameThatWouldChangeAnAddressIsInvalid()
    {
        var listed = await Forge(new PagingServer(1, 50, true, name: "../../evil")).ListRepositoriesAsync(default);

        listed.Problem!.Code.ShouldBe(ProblemCode.Invalid);
    }

    private static GiteaFamilyForge Forge(HttpMessageHandler server) =>
        GiteaFamilyForge.Open(
            GiteaDefaults.Member,
            "git",
            new GiteaFamilyOptions { Url = new Uri("http://127.0.0.1:3031"), Token = new Secret("t") },
            TimeProvider.System,
            null,
            server
        );

    /// <summary>Lists repositories 1 to <paramref name="count"/>; a page size of 0 gives all on every page.</summary>
    private sealed class PagingServer(int count, int pageSize, bool total, string name = "r") : HttpMessageHandler
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Calls++;
            var page = int.Parse(request.RequestUri!.Query.Split("page=")[1], null);
            var ids = Enumerable.Range(1, count);
            if (pageSize > 0)
                ids = ids.Skip((page - 1) * pageSize).Take(pageSize);
            var answer = new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent($"[{string.Join(',', ids.Select(Json))}]"),
            };
            if (total)
                answer.Headers.Add("X-Total-Count", $"{count}");
            return Task.FromResult(answer);
        }

        private string Json(int id) =>
            $$"""{"id":{{id}},"owner":{"id":5,"login":"acme"},"name":"{{name}}","default_branch":"main","private":true}""";
    }
}
