using Bascule.Connectors.Secrets;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Simulators;
using Bascule.Simulators.Secrets;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Secrets;

/// <summary>A simulated source, an issuer that it trusts, and the settings by which our side finds it.</summary>
internal sealed class SourceStage : IDisposable
{
    public const string Issuer = "https://bascule.example";
    private readonly string _folder = Directory.CreateTempSubdirectory("bascule-sources-").FullName;

    public SourceStage()
    {
        File.WriteAllText(FileOf("ca.pem"), Authority.CaPem);
        Host = new ConnectionHost(Clock, _folder, new Uri(Issuer));
    }

    public LoopbackAuthority Authority { get; } = new();

    public ShiftedClock Clock { get; } = new();

    public ConnectionHost Host { get; }

    /// <summary>Why calls failed, as the operator's log has it.</summary>
    public List<string> Details { get; } = [];

    public string FileOf(string name) => Path.Combine(_folder, name);

    /// <summary>Trust in Bascule's tokens with exactly these claims.</summary>
    public static TrustedIssuer Trust(SigningIdentity identity, string audience, string? subject = null) =>
        new(Issuer, audience, subject ?? identity.Subject, identity.JwksJson);

    public SecretsOptions Read(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        var options = SecretsOptions.Read(reader, Host);
        problems.ShouldBeEmpty();
        return options;
    }

    public IReadOnlyList<string> ProblemsOf(string json)
    {
        var (reader, problems) = SettingTree.Read(json);
        SecretsOptions.Read(reader, Host);
        return [.. problems.Select(problem => $"{problem.Key}: {problem.Message}; {problem.Remedy}")];
    }

    public SecretSources Open(string json, SigningIdentity? identity = null) =>
        SecretSources.Open(Read(json), identity is null ? null : _ => identity, Clock, Details.Add);

    public static SettingSecret Setting(string reference)
    {
        SecretReference.TryParse(reference, path => path, out var read, out _).ShouldBeTrue();
        return new SettingSecret("forges.git.token", new SettingLocation("bascule.yaml", 1, 1), read!);
    }

    public void Dispose()
    {
        Authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

internal static class Reading
{
    public static async Task<string> TextAsync(this SecretSources sources, string reference)
    {
        var read = await sources.ReadAsync(SourceStage.Setting(reference), CancellationToken.None);
        read.Problem?.Message.ShouldBeNull();
        return read.Value.Reveal();
    }

    public static async Task<Problem> RefusalAsync(this SecretSources sources, string reference) =>
        (await sources.ReadAsync(SourceStage.Setting(reference), CancellationToken.None)).Problem.ShouldNotBeNull();
}

/// <summary>The system's clock, set forward.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
