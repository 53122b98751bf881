using Bascule.Simulators;
using Bascule.Simulators.Forges;
using ForgeRepository = Bascule.Core.Forges.ForgeRepository;

namespace Bascule.Testing.Forges;

/// <summary>The stage on a forge simulator.</summary>
public abstract class SimulatedForgeStage(string kind, ForgeFlavour flavour) : ForgeStage
{
    private const string Password = "stage-password-1";
    private readonly LoopbackAuthority _authority = new();
    private ForgeSimulator? _simulator;

    public override string Kind => kind;

    public override Uri Url => Simulator.BaseAddress;

    public override string? CaFile => Path.Combine(Folder, "ca.pem");

    public override string Organisation => "acme";

    public ForgeFaults Faults => Simulator.Faults;

    public IReadOnlyList<string> TokensOf(StagedPerson person) => Simulator.TokensOf(person.Login);

    private ForgeSimulator Simulator => _simulator ?? throw new InvalidOperationException("SetUpAsync comes first");

    private PullRequestDriver PullRequests => new(Kind, Url, CaFile);

    public override Task<long> OpenPullRequestAsync(ForgeRepository repository, string head, string title) =>
        PullRequests.OpenAsync(repository, Writer, head, title);

    public override Task<StagedPerson> NewPersonAsync() => Task.FromResult(Add($"p-{Guid.NewGuid():N}"[..12]));

    public override Task MergePullRequestAsync(ForgeRepository repository, long number) =>
        PullRequests.MergeAsync(repository, Bot, number);

    public override Task AddSshKeyAsync(StagedPerson person, string title, string line)
    {
        Simulator.AddSshKey(person.Login, title, line);
        return Task.CompletedTask;
    }

    public void AddGpgKey(StagedPerson person, string keyId, string packet) =>
        Simulator.AddGpgKey(person.Login, keyId, packet);

    public override async Task DisposeAsync()
    {
        if (_simulator is not null)
            await _simulator.DisposeAsync();
        _authority.Dispose();
        await base.DisposeAsync();
    }

    protected override async Task AddPeopleAsync()
    {
        await File.WriteAllTextAsync(CaFile!, _authority.CaPem);
        _simulator = await ForgeSimulator.StartAsync(
            new ForgeSimulatorOptions
            {
                Flavour = flavour,
                LoopbackAuthority = _authority,
                DataDirectory = Path.Combine(Folder, "forge"),
            }
        );
        (Bot, Writer, Outsider) = (Add("bot"), Add("writer"), Add("outsider"));
        Simulator.AddOrganisation(Organisation, Bot.Login);
        Simulator.AddUser("root", Password, isAdmin: true);
        Administrator = Simulator.AddToken("root");
    }

    protected override async Task AddRepositoryAsync(string name)
    {
        var repository = await Simulator.CreateRepositoryAsync(Organisation, name);
        Simulator.SetCollaborator(repository, Writer.Login, ForgeAccess.Write);
    }

    private StagedPerson Add(string login)
    {
        Simulator.AddUser(login, Password);
        return new StagedPerson(login, Password, Simulator.AddToken(login));
    }
}

public sealed class SimulatedGitea() : SimulatedForgeStage("gitea", ForgeFlavour.Gitea);

public sealed class SimulatedGogs() : SimulatedForgeStage("gogs", ForgeFlavour.Gogs);

public sealed class SimulatedForgejo() : SimulatedForgeStage("forgejo", ForgeFlavour.Forgejo);
