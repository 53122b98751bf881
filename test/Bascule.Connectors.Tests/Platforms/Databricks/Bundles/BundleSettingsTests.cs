using Bascule.Connectors.Platforms.Databricks;
using Bascule.Connectors.Platforms.Databricks.Bundles;
using Bascule.Core.Settings;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Databricks.Bundles;

public sealed class BundleSettingsTests : IDisposable
{
    private const string Client = "0f3c2a1e-1111-2222-3333-444455556666";
    private static readonly ConnectionHost Host = new(
        TimeProvider.System,
        "/etc/bascule",
        new Uri("https://bascule.example")
    );
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bascule-cli-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ReadsTheCliAndWhoMakesPlans()
    {
        var options = Read(Cli(UnixFileMode.UserExecute), ",\"planner\":\"planner-id\"", out var problems)!;

        problems.ShouldBeEmpty();
        options.Cli.ShouldBe(Path.Join(_folder.FullName, "databricks"));
        options.Planner.ShouldBe("planner-id");
    }

    [Theory]
    [Trait("Threat", "T142")]
    [InlineData("", "is missing")]
    [InlineData(",\"planner\":\"0f3c2a1e-1111-2222-3333-444455556666\"", "is the principal that deploys")]
    [InlineData(",\"planner\":\"no id!\"", "is not an application id")]
    public void AsksForAPrincipalThatMayOnlyRead(string planner, string fault)
    {
        Read(Cli(UnixFileMode.UserExecute), planner, out var problems).ShouldBeNull();

        problems.ShouldHaveSingleItem().Message.ShouldBe(fault);
        problems[0].Key.ShouldBe("login.federation.planner");
    }

    [Fact]
    public void RefusesAPlannerThatPlansNothing()
    {
        Read("", ",\"planner\":\"planner-id\"", out var problems).ShouldBeNull();

        problems.ShouldHaveSingleItem().Message.ShouldBe("stands without cli");
    }

    [Theory]
    [Trait("Threat", "T63")]
    [InlineData(UnixFileMode.None, "cannot be executed")]
    [InlineData(UnixFileMode.UserExecute | UnixFileMode.GroupWrite, "can be changed by its group or by everybody")]
    [InlineData(UnixFileMode.UserExecute | UnixFileMode.OtherWrite, "can be changed by its group or by everybody")]
    public void RefusesACliThatIsNotTheOperatorsAlone(UnixFileMode mode, string fault)
    {
        Read(Cli(mode), ",\"planner\":\"planner-id\"", out var problems).ShouldBeNull();

        problems.ShouldHaveSingleItem().ToString().ShouldContain(fault);
    }

    [Fact]
    [Trait("Threat", "T63")]
    public void RefusesACliInAFolderOfEverybodyAlsoBehindALink()
    {
        var open = _folder.CreateSubdirectory("open");
        Cli(UnixFileMode.UserExecute, open.FullName);
        File.SetUnixFileMode(open.FullName, File.GetUnixFileMode(open.FullName) | UnixFileMode.OtherWrite);
        var link = Path.Join(_folder.FullName, "link");
        File.CreateSymbolicLink(link, Path.Join(open.FullName, "databricks"));

        CliFile.FaultOf(link).ShouldBe("is in a folder that everybody can write to");
    }

    [Theory]
    [InlineData("databricks", "is not an absolute path")]
    [InlineData("/nowhere/databricks", "is not a file")]
    [InlineData("/usr", "is not a file")]
    public void RefusesWhatIsNoFile(string path, string fault)
    {
        Read(path, ",\"planner\":\"planner-id\"", out var problems).ShouldBeNull();

        problems.ShouldHaveSingleItem().ToString().ShouldContain(fault);
    }

    [Fact]
    public void ReadsATaskAndTheTargetsOfAnEnvironment()
    {
        var task = DatabricksTask.Read(
            SettingTree.Read("""{"bundle":{"target":"prod","run":"train_job"},"model":"a.b"}""").Reader
        )!;
        var environment = DatabricksEnvironment.Read(SettingTree.Read("""{"bundles":["prod","staging"]}""").Reader)!;

        task.Bundle.ShouldBe(new BundleTask("prod", "train_job"));
        task.Timeout.ShouldBeNull();
        environment.Bundles.ShouldBe(["prod", "staging"]);
    }

    [Theory]
    [InlineData("""{"bundle":{"target":"prod"} }""", "bundle.run", "is missing")]
    [InlineData("""{"bundle":{"run":"x"} }""", "bundle.target", "is missing")]
    [InlineData("""{"bundle":{"target":"--help","run":"x"} }""", "bundle.target", "is no key of a bundle")]
    [InlineData("""{"bundle":{"target":"a","run":"a b"} }""", "bundle.run", "is no key of a bundle")]
    [InlineData("""{"bundle":{"target":"a","run":"b","x":1} }""", "bundle.x", "is not a known key")]
    [InlineData(
        """{"bundle":{"target":"a","run":"b"},"job":1}""",
        "bundle",
        "must be exactly one of task, job and bundle"
    )]
    [InlineData("""{"bundle":{"target":"a","run":"b"},"timeout":"1h"}""", "timeout", "stands beside a job")]
    public void RefusesATask(string json, string key, string fault)
    {
        var (reader, problems) = SettingTree.Read(json);

        DatabricksTask.Read(reader).ShouldBeNull();

        problems.ShouldContain(problem => problem.Key == key && problem.Message == fault);
    }

    [Fact]
    public void RefusesATargetThatIsNone()
    {
        var (reader, problems) = SettingTree.Read("""{"bundles":["a b"]}""");

        DatabricksEnvironment.Read(reader).ShouldBeNull();

        problems.ShouldHaveSingleItem().Key.ShouldBe("bundles");
    }

    private string Cli(UnixFileMode mode, string? folder = null)
    {
        var path = Path.Join(folder ?? _folder.FullName, "databricks");
        File.WriteAllText(path, "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        return path;
    }

    private static DatabricksOptions? Read(string cli, string planner, out IReadOnlyList<SettingProblem> problems)
    {
        var named = cli.Length == 0 ? "" : $"\"cli\":\"{cli}\",";
        var (reader, found) = SettingTree.Read(
            $$"""{"url":"https://dbx.example",{{named}}"login":{"federation":{"client":"{{Client}}"{{planner}}} } }"""
        );
        var options = DatabricksOptions.Read("dbx", reader, Host);
        problems = [.. found];
        return options;
    }
}
