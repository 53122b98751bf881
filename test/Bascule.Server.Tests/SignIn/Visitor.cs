using System.Net;
using System.Net.Http.Json;
using Bascule.Simulators;

namespace Bascule.Server.Tests.SignIn;

/// <summary>A browser without a window that does exactly what it is told: it keeps cookies, trusts the stage's CA alone, and follows redirects one by one.</summary>
public sealed class Visitor : IDisposable
{
    private const int MostSteps = 10;
    private readonly HttpClient _http;
    private readonly Uri _home;

    public Visitor(Uri home, string caPem)
    {
        _home = home;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions = LoopbackAuthority.Trusting(caPem);
        _http = new HttpClient(handler) { BaseAddress = home };
    }

    public SortedDictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>As the server wrote them, from the last answer.</summary>
    public IReadOnlyList<string> SetCookies { get; private set; } = [];

    public string? SessionCookie => Cookies.GetValueOrDefault("__Host-bascule");

    public Uri? Location { get; private set; }

    public HttpStatusCode Status { get; private set; }

    public string Page { get; private set; } = "";

    /// <summary>From the sign-in page of Bascule to where it ends: somewhere in Bascule, or at a refusal.</summary>
    public async Task SignInAsync(string provider = "corp", string query = "")
    {
        await GetAsync($"/sign-in/{provider}{query}");
        await FollowAsync(until: _ => false);
    }

    /// <summary>As <see cref="SignInAsync"/>, and stops with the address that leads back, which was not opened.</summary>
    public async Task<Uri> LeaveAndReturnAsync(string provider = "corp", string query = "")
    {
        await GetAsync($"/sign-in/{provider}{query}");
        await FollowAsync(until: next => next.AbsolutePath.EndsWith("/callback", StringComparison.Ordinal));
        return Location!;
    }

    public Task GetAsync(string address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(_home, address)));

    public Task GetAsync(Uri address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>As the page of some site; null for a program, which is no page.</summary>
    public string? Site { get; set; } = "same-origin";

    public Task PostAsync(string address, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_home, address))
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (Site is not null)
            request.Headers.Add("Sec-Fetch-Site", Site);
        return SendAsync(request);
    }

    public Task PostJsonAsync(string address, object body) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, new Uri(_home, address)) { Content = JsonContent.Create(body) }
        );

    public async Task SendAsync(HttpRequestMessage request)
    {
        if (request.Content is not null)
            await request.Content.LoadIntoBufferAsync();
        if (Cookies.Count > 0 && request.RequestUri!.Authority == _home.Authority)
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        using (request)
        {
            using var answer = await _http.SendAsync(request);
            Status = answer.StatusCode;
            Location = answer.Headers.Location is { } to ? new Uri(request.RequestUri!, to) : null;
            Page = await answer.Content.ReadAsStringAsync();
            SetCookies = answer.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
            foreach (var cookie in SetCookies)
                Keep(cookie);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task FollowAsync(Func<Uri, bool> until)
    {
        for (var step = 0; step < MostSteps && Location is { } next && !until(next); step++)
            if (next.Authority == _home.Authority && !next.AbsolutePath.EndsWith("/callback", StringComparison.Ordinal))
                return;
            else
                await GetAsync(next);
    }

    private void Keep(string cookie)
    {
        var pair = cookie.Split(';')[0].Split('=', 2);
        if (pair[1].Length == 0)
            Cookies.Remove(pair[0]);
        else
            Cookies[pair[0]] = pair[1];
    }
}
