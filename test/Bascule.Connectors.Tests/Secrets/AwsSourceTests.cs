using Bascule.Core;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>Against the AWS simulator, which computes every signature again: no live account was ever available.</summary>
public sealed class AwsSourceTests : IAsyncLifetime
{
    private const string Secret = "s3cret-of-the-forge";
    private const string Role = "arn:aws:iam::123456789012:role/bascule";
    private const string Reference = "aws-secretsmanager:eu-central-1/bascule/gitea";
    private readonly SourceStage _stage = new();
    private readonly SigningIdentity _identity = new(SourceStage.Issuer, "secrets:aws");
    private AwsSimulator _aws = null!;

    public async Task InitializeAsync()
    {
        _aws = await AwsSimulator.StartAsync(_stage.Authority, time: _stage.Clock);
        _aws.Put("bascule/gitea", Secret);
        _aws.Put("bascule/both", """{"token":"s3cret-of-the-forge","user":"bascule"}""");
        _aws.AddRole(Role, SourceStage.Trust(_identity, "sts.amazonaws.com"));
        _aws.MayRead = "bascule/";
    }

    public async Task DisposeAsync()
    {
        foreach (var name in (string[])["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
            Environment.SetEnvironmentVariable(name, null);
        await _aws.DisposeAsync();
        _identity.Dispose();
        _stage.Dispose();
    }

    [Theory]
    [InlineData(Reference)]
    [InlineData("aws-secretsmanager:eu-central-1/bascule/both#token")]
    [InlineData(
        "aws-secretsmanager:eu-central-1/arn:aws:secretsmanager:eu-central-1:123456789012:secret:bascule/gitea-AbCdEf"
    )]
    public async Task ReadsWithARoleThatItsOwnTokenGets(string reference)
    {
        using var sources = _stage.Open(Settings(), _identity);

        (await sources.TextAsync(reference)).ShouldBe(Secret);
        (await sources.TextAsync(reference)).ShouldBe(Secret);

        _identity.Signed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task TakesTheRoleAgainWhenItsCredentialsEnded()
    {
        using var sources = _stage.Open(Settings(), _identity);
        await sources.TextAsync(Reference);

        _aws.ExpireAll();

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
        _identity.Signed.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ReadsWithCredentialsOfTheEnvironment()
    {
        var (id, secret) = _aws.CreateKeys();
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", id);
        using var sources = _stage.Open(Settings("""{"environment":true}"""));
        (await sources.RefusalAsync(Reference)).Message.ShouldContain("AWS_SECRET_ACCESS_KEY is not set");

        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", secret);

        (await sources.TextAsync(Reference)).ShouldBe(Secret);
    }

    [Fact]
    public async Task ReadsWithTheRoleOfTheMachine()
    {
        using var sources = _stage.Open(Settings("""{"instance":true}"""));

        (await sources.TextAsync(Reference)).ShouldBe(Secret);

        _aws.Asked.Take(2).ShouldBe(["PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/"]);
    }

    [Theory]
    [InlineData("someone-elses", "secrets:aws", "Incorrect token audience")]
    [InlineData("sts.amazonaws.com", "secrets:other", "Not authorized to perform sts:AssumeRoleWithWebIdentity")]
    public async Task SaysWhatTheRoleHasToTrustWhenItDoesNot(string audience, string subject, string told)
    {
        _aws.AddRole(Role, SourceStage.Trust(_identity, audience, subject));
        using var sources = _stage.Open(Settings(), _identity);

        var problem = await sources.RefusalAsync(Reference);

        problem.Code.ShouldBe(ProblemCode.Denied);
        problem.Message.ShouldStartWith(
            $"forges.git.token: secrets.aws: cannot take on the role: AWS does not let Bascule in ({told}"
        );
        problem.Message.ShouldContain("aud 'sts.amazonaws.com', sub 'secrets:aws'");
        problem.Message.ShouldNotContain(_identity.Signed.Last());
    }

    [Theory]
    [InlineData("aws-secretsmanager:eu-central-1/bascule/none", ProblemCode.NotFound, "it is not there")]
    [InlineData("aws-secretsmanager:eu-central-1/payroll", ProblemCode.Denied, "lacks secretsmanager:GetSecretValue")]
    [InlineData("aws-secretsmanager:eu-central-1/bascule/both#none", ProblemCode.NotFound, "a text in 'none'")]
    [InlineData("aws-secretsmanager:eu-central-1/bascule/gitea#token", ProblemCode.NotFound, "it is no JSON object")]
    [InlineData("aws-secretsmanager:us-east-1/bascule/gitea", ProblemCode.Invalid, "valid region")]
    public async Task NamesSettingSourceAndPlaceOfWhatItCannotRead(string reference, ProblemCode code, string told)
    {
        using var sources = _stage.Open(Settings(), _identity);

        var problem = await sources.RefusalAsync(reference);

        problem.Code.ShouldBe(code);
        problem.Message.ShouldStartWith("forges.git.token: secrets.aws: cannot read ");
        problem.Message.ShouldContain(told);
        problem.Message.ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("""{}""", "secrets.aws.login: is missing")]
    [InlineData(
        """{"login":{"environment":true,"instance":true} }""",
        "secrets.aws.login: does not name one way to log in"
    )]
    [InlineData(
        """{"login":{"web_identity":{"role":"bascule"} } }""",
        "secrets.aws.login.web_identity.role: is no ARN of a role"
    )]
    [InlineData(
        """{"login":{"instance":true},"endpoints":{"sts":"http://sts.example"} }""",
        "secrets.aws.endpoints.sts: is http://"
    )]
    [InlineData(
        """{"login":{"instance":true},"endpoints":{"metadata":"http://169.254.169.254"} }""",
        "secrets.aws.endpoints.metadata: is http://"
    )]
    public void RefusesWrongSettings(string aws, string told) =>
        _stage.ProblemsOf($$"""{"secrets":{"aws":{{aws}}} }""").ShouldHaveSingleItem().ShouldStartWith(told);

    private string Settings(string login = $$"""{"web_identity":{"role":"{{Role}}"} }""")
    {
        var url = _aws.Url.GetLeftPart(UriPartial.Authority);
        return $$"""{"secrets":{"aws":{"ca":"ca.pem","login":{{login}},"endpoints":{"secretsmanager":"{{url}}","sts":"{{url}}","metadata":"{{url}}"} } } }""";
    }
}
