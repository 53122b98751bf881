using Bascule.Core.Forges;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Core.Pushes;
using Bascule.Core.Pushes.Checks;
using Bascule.Core.Settings;

namespace Bascule.Core.Tests.Pushes.Checks;

public sealed class PolicyFileCheckTests
{
    private static readonly Actor Lead = Person("group", "leads");
    private static readonly Actor Developer = Person("group", "devs");

    [Fact]
    public void OwnersChangeThem() => Check(Lead).Look(Change(".bascule.yaml")).ShouldBeNull();

    [Theory]
    [InlineData(".bascule.yaml")]
    [InlineData(".Bascule.YAML")]
    [InlineData("deploy/prod/params.json")]
    public void OthersDoNot(string path) => Check(Developer).Look(Change(path))!.Message.ShouldContain("group:leads");

    [Theory]
    [InlineData("train.py")]
    [InlineData("docs/.bascule.yaml")]
    [InlineData("deployment/x")]
    public void OthersChangeAnythingElse(string path) => Check(Developer).Look(Change(path)).ShouldBeNull();

    [Fact]
    public void WithoutOwnersNobodyChangesThem()
    {
        var finding = new PolicyFileCheck([], [], Lead).Look(Change(".bascule.yaml"));

        finding!.Message.ShouldContain("name them under pushes.policy_owners");
    }

    [Fact]
    public void AWorkloadIsInNoGroup() =>
        Check(new Actor(ActorType.Workload, "w-1") { Groups = ["leads"] })
            .Look(Change(".bascule.yaml"))
            .ShouldNotBeNull();

    private static PolicyFileCheck Check(Actor holder) =>
        new([Glob.Parse("deploy/**")], [Selector.Parse("group:leads").Value], holder);

    private static Actor Person(string id, params string[] groups) =>
        new(ActorType.Human, "p-1") { Subject = new Subject("https://id.example.com", id), Groups = groups };

    private static ChangedPath Change(string path) => new(RefName.Parse("refs/heads/dev"), path);
}
