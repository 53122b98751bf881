using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Bascule.Testing.Runs;

namespace Bascule.Server.Tests.Console;

/// <summary>Tests of pages as they are served: a local server of its own for each, and a client that follows no redirect.</summary>
public abstract class OnLocalServer : IAsyncLifetime
{
    protected LocalServer Server { get; private set; } = null!;

    protected HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public async Task InitializeAsync()
    {
        Server = await LocalServer.StartAsync();
        Http.BaseAddress = Server.Local;
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    protected async Task<IDocument> ReadAsync(string path) =>
        new HtmlParser().ParseDocument(await Http.GetStringAsync(path));
}
