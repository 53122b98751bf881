using Bascule.Core.Secrets;

namespace Bascule.Core.Tests.Secrets;

public sealed class SecretReferenceTests
{
    public static TheoryData<string, SecretReference> Forms =>
        new()
        {
            { "file:secrets/gitea", new FileSecret("/etc/bascule/secrets/gitea") },
            { "file:/run/secrets/gitea", new FileSecret("/run/secrets/gitea") },
            { "env:GITEA_TOKEN", new EnvironmentSecret("GITEA_TOKEN") },
            { "credential:gitea.token", new SystemdSecret("gitea.token") },
            { "vault:secret/bascule/gitea#token", new VaultSecret("secret", "bascule/gitea", "token") },
            { "azure-keyvault:corp-kv/gitea-token", new AzureSecret("corp-kv", "gitea-token", null) },
            {
                "azure-keyvault:corp-kv/gitea/0123456789abcdef0123456789abcdef",
                new AzureSecret("corp-kv", "gitea", "0123456789abcdef0123456789abcdef")
            },
            { "aws-secretsmanager:eu-central-1/bascule/gitea", new AwsSecret("eu-central-1", "bascule/gitea", null) },
            { "aws-secretsmanager:us-gov-west-1/bascule#token", new AwsSecret("us-gov-west-1", "bascule", "token") },
            {
                "aws-secretsmanager:eu-west-1/arn:aws:secretsmanager:eu-west-1:123456789012:secret:bascule/gitea-AbCdEf#token",
                new AwsSecret(
                    "eu-west-1",
                    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bascule/gitea-AbCdEf",
                    "token"
                )
            },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public void ReadsEachForm(string text, SecretReference? expected)
    {
        SecretReference.TryParse(text, Absolute, out var reference, out _).ShouldBe(expected is not null);

        reference.ShouldBe(expected);
    }

    [Theory]
    [InlineData("hunter2", "holds a value")]
    [InlineData("postgres://u:geheim@db/x", "holds a value")]
    [InlineData("FILE:/x", "holds a value")]
    [InlineData("file:", "is no file: reference")]
    [InlineData("env:", "is no env: reference")]
    [InlineData("env:A B", "is no env: reference")]
    [InlineData("env:1ST", "is no env: reference")]
    [InlineData("env:A=B", "is no env: reference")]
    [InlineData("credential:../x", "is no credential: reference")]
    [InlineData("credential:a/b", "is no credential: reference")]
    [InlineData("vault:secret/x", "is no vault: reference")]
    [InlineData("vault:secret#x", "is no vault: reference")]
    [InlineData("vault:secret/../sys#x", "is no vault: reference")]
    [InlineData("vault:secret//x#y", "is no vault: reference")]
    [InlineData("vault:secret/a%2fb#y", "is no vault: reference")]
    [InlineData("vault:secret/a?b#y", "is no vault: reference")]
    [InlineData("azure-keyvault:kv", "is no azure-keyvault: reference")]
    [InlineData("azure-keyvault:evil.example.com/x", "is no azure-keyvault: reference")]
    [InlineData("azure-keyvault:corp-kv/a/b", "is no azure-keyvault: reference")]
    [InlineData("aws-secretsmanager:eu-west-1", "is no aws-secretsmanager: reference")]
    [InlineData("aws-secretsmanager:evil.example.com/x", "is no aws-secretsmanager: reference")]
    [InlineData("aws-secretsmanager:eu-west-1/a#", "is no aws-secretsmanager: reference")]
    [InlineData(
        "aws-secretsmanager:eu-west-1/arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf",
        "is no aws-secretsmanager: reference"
    )]
    [Trait("Threat", "T82")]
    public void RefusesWhatIsNoneAndDoesNotRepeatIt(string text, string told)
    {
        SecretReference.TryParse(text, Absolute, out _, out var fault).ShouldBeFalse();

        fault!.Message.ShouldBe(told);
        if (told == "holds a value")
            $"{fault.Message}{fault.Remedy}".ShouldNotContain(text);
    }

    [Fact]
    public void SaysWhereAndNeverWhat() =>
        new VaultSecret("secret", "bascule/gitea", "token").ToString().ShouldBe("vault:secret/bascule/gitea#token");

    private static string Absolute(string path) => Path.GetFullPath(path, "/etc/bascule");
}
