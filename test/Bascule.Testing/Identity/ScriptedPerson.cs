using System.Net;
using System.Text.RegularExpressions;

namespace Bascule.Testing.Identity;

/// <summary>
/// A person with a browser without a window: follows the provider's redirects and fills its forms (login, consent, device code, logout) until it is sent elsewhere
/// or there is nothing more to fill. Keeps cookies, so the second sign-in asks for nothing.
/// </summary>
public sealed partial class ScriptedPerson : IDisposable
{
    private const int MostPages = 20;
    private readonly OidcProvider _provider;
    private readonly string _login;
    private readonly HttpClientHandler _handler = new()
    {
        AllowAutoRedirect = false,
        CookieContainer = new CookieContainer(),
    };
    private readonly HttpClient _http;

    public ScriptedPerson(OidcProvider provider, string login)
    {
        (_provider, _login) = (provider, login);
        _http = new HttpClient(_handler);
    }

    /// <summary>The last page that was seen.</summary>
    public string Page { get; private set; } = "";

    /// <summary>Goes to an address of the provider; answers the address outside that it sends to, or null when it ends on a page of its own.</summary>
    public async Task<Uri?> GoAsync(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        for (var page = 0; page < MostPages; page++)
        {
            using var answer = await _http.SendAsync(request);
            var here = request.RequestUri!;
            request.Dispose();
            Page = await answer.Content.ReadAsStringAsync();
            if (answer.Headers.Location is { } location)
            {
                var next = new Uri(here, location);
                if (!next.AbsoluteUri.StartsWith(_provider.Issuer + "/", StringComparison.Ordinal))
                    return next;
                request = new HttpRequestMessage(HttpMethod.Get, next);
            }
            else if (Fill(here) is { } filled)
                request = filled;
            else
                return null;
        }
        throw new InvalidOperationException($"more than {MostPages} pages; the last one:\n{Page}");
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private HttpRequestMessage? Fill(Uri here)
    {
        var form = Form().Match(Page);
        if (!form.Success || !Action().IsMatch(form.Value))
            return null;
        List<KeyValuePair<string, string>> values = [];
        foreach (Match input in Input().Matches(form.Value))
            if (Name().Match(input.Value) is { Success: true } name)
                values.Add(
                    new(
                        name.Groups["text"].Value,
                        WebUtility.HtmlDecode(Value().Match(input.Value).Groups["text"].Value)
                    )
                );
        if (values.RemoveAll(value => value.Key == "login") > 0)
            values.Add(new("login", _login));
        if (values.RemoveAll(value => value.Key == "password") > 0)
            values.Add(new("password", "any"));
        if (LogoutButton().IsMatch(Page) && values.TrueForAll(value => value.Key != "logout"))
            values.Add(new("logout", "yes"));
        var action = WebUtility.HtmlDecode(Action().Match(form.Value).Groups["text"].Value);
        return new HttpRequestMessage(HttpMethod.Post, new Uri(here, action))
        {
            Content = new FormUrlEncodedContent(values),
        };
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("action=\"(?<text>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Input();

    [GeneratedRegex("name=\"(?<text>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex("value=\"(?<text>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();

    [GeneratedRegex("name=\"logout\"", RegexOptions.None, 1000)]
    private static partial Regex LogoutButton();
}
