using System.Net;
using System.Xml;
using System.Xml.Linq;
using Bascule.Testing;

namespace Bascule.Server.Tests.GitProxy.Raw;

/// <summary>The policy files for API Management: as well as they can be looked at without a gateway.</summary>
public sealed class ApiManagementPolicyTests(GitStage stage) : IClassFixture<GitStage>
{
    private const string Front = "front-door.xml";
    private const string Reading = "read-configuration.xml";

    // Elements and their attributes by Microsoft's policy reference; none after the name means none are taken.
    private const string Reference = """
        policies
        inbound
        backend
        outbound
        on-error
        base
        choose
        when condition
        otherwise
        value
        set-variable name value
        set-header name exists-action
        set-status code reason
        set-url
        set-method
        return-response response-variable-name
        send-request mode response-variable-name timeout ignore-error
        authentication-managed-identity resource client-id output-token-variable-name ignore-error
        cache-lookup-value key default-value variable-name caching-type
        cache-store-value key value duration caching-type
        cache-remove-value key caching-type
        rate-limit-by-key calls renewal-period counter-key increment-condition increment-count retry-after-header-name retry-after-variable-name remaining-calls-header-name remaining-calls-variable-name total-calls-header-name
        validate-jwt header-name query-parameter-name token-value failed-validation-httpcode failed-validation-error-message require-expiration-time require-scheme require-signed-tokens clock-skew output-token-variable-name
        openid-config url
        audiences
        audience
        issuers
        issuer
        forward-request http-version timeout timeout-ms continue-timeout follow-redirects buffer-request-body buffer-response fail-on-error-status-code
        """;

    [Theory]
    [InlineData(Front)]
    [InlineData(Reading)]
    public void EveryElementAndAttributeIsInTheReference(string file)
    {
        var known = Reference
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[0], words => words[1..].ToHashSet());

        var wrong = Read(file)
            .Descendants()
            .Where(one =>
                !known.TryGetValue(one.Name.ToString(), out var attributes)
                || one.Attributes().Any(attribute => !attributes.Contains(attribute.Name.ToString()))
            );

        wrong.Select(one => $"line {((IXmlLineInfo)one).LineNumber}: {one.Name}").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Front)]
    [InlineData(Reading)]
    public void APolicyHasItsFourSectionsAndItsExpressionsClose(string file)
    {
        var policy = Read(file);

        policy
            .Root!.Elements()
            .Select(one => one.Name.ToString())
            .ShouldBe(["inbound", "backend", "outbound", "on-error"]);
        var texts = policy
            .Descendants()
            .SelectMany(one =>
                one.Attributes().Select(attribute => attribute.Value).Append(one.HasElements ? "" : one.Value)
            )
            .Where(text => text.StartsWith('@'))
            .ToList();
        texts.ShouldAllBe(text => IsClosed(text));
    }

    [Fact]
    public async Task TheAddressThatTheGatewayReadsIsAnsweredByItsTag()
    {
        var policy = Read(Reading);
        var address = new Uri(policy.Descendants("set-url").Single().Value);
        var parts = address.AbsolutePath.Split('/', 9)[1..];
        parts[..5].ShouldBe(["raw", "git", "ml", "churn", "refs"]);
        stage.Churn.Developer.Write(parts[^1], """{ "calls_per_minute": 60 }""");
        await stage.Churn.Developer.CommitAndPushAsync("Rates", parts[6]);
        var token = stage.Token($"refs/{parts[5]}/{parts[6]}");

        var (first, tag) = await ReadAsync(address.AbsolutePath, token, "");
        var (second, _) = await ReadAsync(address.AbsolutePath, token, tag);

        (first, second).ShouldBe((HttpStatusCode.OK, HttpStatusCode.NotModified));
        Read(Reading)
            .Descendants("authentication-managed-identity")
            .Single()
            .Attribute("resource")!
            .Value.ShouldBe("api://bascule");
    }

    [Fact]
    public void TheFrontDoorKeepsNoStreamBackAndReplacesNobody()
    {
        var policy = Read(Front);

        var forward = policy.Descendants("forward-request").Single();
        foreach (var setting in new[] { "buffer-request-body", "buffer-response", "follow-redirects" })
            forward.Attribute(setting)!.Value.ShouldBe("false", setting);
        policy.Descendants("backend").Single().Elements("base").ShouldBeEmpty();
        policy.Descendants("authentication-managed-identity").ShouldBeEmpty();
        policy.Descendants("set-header").ShouldNotContain(one => one.Attribute("name")!.Value == "Authorization");
        policy.ToString().ShouldNotContain(".Body", Case.Sensitive);
    }

    private static XDocument Read(string file)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        using var reader = XmlReader.Create(RepositoryFolder.PathOf($"samples/api-management/{file}"), settings);
        return XDocument.Load(reader, LoadOptions.SetLineInfo);
    }

    /// <summary>Brackets outside of texts and characters.</summary>
    private static bool IsClosed(string expression)
    {
        var open = new Stack<char>();
        char? quote = null;
        for (var at = 1; at < expression.Length; at++)
        {
            var letter = expression[at];
            if (quote is not null && letter == '\\')
                at++;
            else if (quote is not null)
                quote = letter == quote ? null : quote;
            else if (letter is '"' or '\'')
                quote = letter;
            else if (letter is '(' or '{' or '[')
                open.Push(letter);
            else if (letter is ')' or '}' or ']' && (!open.TryPop(out var begun) || !$"{begun}{letter}".IsPair()))
                return false;
        }
        return quote is null && open.Count == 0 && expression[1] is '(' or '{';
    }

    private async Task<(HttpStatusCode Status, string Tag)> ReadAsync(string path, string token, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, stage.Of(path));
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var answer = await stage.SendAsync(request);
        return (answer.StatusCode, answer.Headers.ETag?.Tag ?? "");
    }
}

file static class Brackets
{
    public static bool IsPair(this string text) => text is "()" or "{}" or "[]";
}
