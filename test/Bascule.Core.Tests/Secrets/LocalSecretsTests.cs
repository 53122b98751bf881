using Bascule.Core.Secrets;

namespace Bascule.Core.Tests.Secrets;

public sealed class LocalSecretsTests : IDisposable
{
    private const string Variable = "BASCULE_TEST_LOCAL_SECRET";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-secrets-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void ReadsAVariableWithoutTheWhiteSpaceAroundIt()
    {
        Environment.SetEnvironmentVariable(Variable, " s3cret\n");

        LocalSecrets.TryRead(new EnvironmentSecret(Variable), out var secret, out _).ShouldBeTrue();

        secret!.Reveal().ShouldBe("s3cret");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" \n")]
    public void RefusesAVariableThatIsNotThereOrEmpty(string? value)
    {
        Environment.SetEnvironmentVariable(Variable, value);

        LocalSecrets.TryRead(new EnvironmentSecret(Variable), out _, out var fault).ShouldBeFalse();

        fault!.Message.ShouldBe($"names the environment variable '{Variable}', which is not set or empty");
        fault.Remedy.ShouldBe("set it where Bascule is started");
    }

    [Fact]
    public void ReadsAFile()
    {
        var file = Path.Combine(_folder, "token");
        File.WriteAllText(file, "s3cret\n");

        LocalSecrets.TryRead(new FileSecret(file), out var secret, out _).ShouldBeTrue();

        secret!.Reveal().ShouldBe("s3cret");
    }

    [Fact]
    public void RefusesAFileThatIsNotThereOrEmptyOrTooLarge()
    {
        var file = Path.Combine(_folder, "token");
        Fault(file).ShouldContain("cannot be read");
        File.WriteAllText(file, "\n");
        Fault(file).ShouldContain("is empty or too large");
        File.WriteAllText(file, new string('x', (64 * 1024) + 1));
        Fault(file).ShouldContain("is empty or too large");
        Fault(_folder).ShouldContain("cannot be read");
    }

    [Fact]
    public void NamesTheUnitWhereSystemdHandedNothingOver()
    {
        LocalSecrets.TryRead(new SystemdSecret("gitea"), out _, out var fault).ShouldBeFalse();

        fault!.Remedy.ShouldBe("write LoadCredential=gitea:/path into Bascule's unit");
    }

    private static string Fault(string file)
    {
        LocalSecrets.TryRead(new FileSecret(file), out _, out var fault).ShouldBeFalse();
        return fault!.Message;
    }
}
