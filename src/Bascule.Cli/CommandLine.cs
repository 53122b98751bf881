using System.CommandLine;
using Bascule.Cli.Commands;
using Bascule.Cli.Commands.Account;
using Bascule.Cli.Commands.Apis;
using Bascule.Cli.Commands.Audit;
using Bascule.Cli.Commands.Config;
using Bascule.Cli.Commands.Credential;
using Bascule.Cli.Commands.Dags;
using Bascule.Cli.Commands.Event;
using Bascule.Cli.Commands.Forge;
using Bascule.Cli.Commands.Git;
using Bascule.Cli.Commands.Issuer;
using Bascule.Cli.Commands.Keeping;
using Bascule.Cli.Commands.Model;
using Bascule.Cli.Commands.Person;
using Bascule.Cli.Commands.Policy;
using Bascule.Cli.Commands.Provenance;
using Bascule.Cli.Commands.Run;
using Bascule.Cli.Commands.SignIn;
using Bascule.Cli.Commands.Token;
using Bascule.Cli.Features;

namespace Bascule.Cli;

/// <summary>Every command by name; help is made from what stands here.</summary>
internal static class CommandLine
{
    /// <summary>After a signal: longer than the server takes to let its work end. Two seconds, the default, would cut it off.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(45);

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Build().Parse(args);
        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = LongestEnd,
                }
            );
            return parsed.Errors.Count > 0 ? ExitCodes.Invalid : code;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    public static RootCommand Build()
    {
        var root = new RootCommand("Bascule: a push becomes a run, and the run reports back.")
        {
            ServeCommand.Create(),
            DemoCommand.Create(),
            InitCommand.Create(),
            ConnectCommand.Create(),
            DoctorCommand.Create(),
            LoginCommand.Create(),
            LogoutCommand.Create(),
            GitCredentialCommand.Create(),
            AskpassCommand.Create(),
            new Command("config", "The settings of the server.") { ConfigCheckCommand.Create() },
            new Command("dags", "DAG files, before and on their way to Airflow.")
            {
                DagsCheckCommand.Create(),
                DagsFollowCommand.Create(),
            },
            new Command("apis", "The files of an API Management service, before they change it.")
            {
                ApisCheckCommand.Create(),
            },
            new Command("forge", "The forges of the settings.") { ForgeListCommand.Create() },
            new Command("run", "Runs of workflows.")
            {
                RunListCommand.Create(),
                RunShowCommand.Create(),
                RunWatchCommand.Create(),
                RunApproveCommand.Create(),
                RunWithdrawCommand.Create(),
                RunBreakGlassCommand.Create(),
                RunCancelCommand.Create(),
                RunRetryCommand.Create(),
                RunReproduceCommand.Create(),
            },
            new Command("model", "Versions of models, and what is promoted.")
            {
                ModelListCommand.Create(),
                ModelPromoteCommand.Create(),
            },
            TraceCommand.Create(),
            new Command("environment", "Where runs go.") { EnvironmentListCommand.Create() },
            new Command("event", "What forges told, and work that was set aside.")
            {
                EventListCommand.Create(),
                EventShowCommand.Create(),
                EventReplayCommand.Create(),
                EventDismissCommand.Create(),
            },
            new Command("person", "People who have signed in.")
            {
                PersonListCommand.Create(),
                PersonFirstAdminCommand.Create(),
                PersonLegalHoldCommand.Create(),
                PersonReleaseCommand.Create(),
                PersonEraseCommand.Create(),
            },
            new Command("issuer", "Whose word about people counts.")
            {
                IssuerListCommand.Create(),
                IssuerConfirmCommand.Create(),
            },
            new Command("account", "Who you are, and your accounts at forges.")
            {
                AccountShowCommand.Create(),
                AccountLinkCommand.Create(),
                AccountUnlinkCommand.Create(),
                AccountKeysCommand.Create(),
                AccountConfirmKeyCommand.Create(),
                AccountForgetKeyCommand.Create(),
            },
            new Command("policy", "What is allowed to whom.")
            {
                PolicyExplainCommand.Create(),
                PolicyTestCommand.Create(),
            },
            new Command("token", "Tokens for git, given in exchange.")
            {
                TokenListCommand.Create(),
                TokenRevokeCommand.Create(),
            },
            new Command("credential", "What Bascule shows the forges.")
            {
                CredentialListCommand.Create(),
                CredentialSealCommand.Create(),
                CredentialRotateCommand.Create(),
            },
            new Command("audit", "What was decided and done, and the proof of it.")
            {
                AuditShowCommand.Create(),
                AuditVerifyCommand.Create(),
                AuditProveCommand.Create(),
                AuditExportCommand.Create(),
                AuditWitnessCommand.Create(),
                AuditCollectorsCommand.Create(),
            },
            new Command("provenance", "Signed statements about runs.")
            {
                new Command("key", "The keys that sign them.")
                {
                    ProvenanceKeyListCommand.Create(),
                    ProvenanceKeyRotateCommand.Create(),
                },
            },
            VerifyCommand.Create(),
            EvidenceCommand.Create(),
            DriftCommand.Create(),
            RollbackCommand.Create(),
            RetireCommand.Create(),
            BackupCommand.Create(),
            RestoreCommand.Create(),
            ExportCommand.Create(),
            ImportCommand.Create(),
            ResumeCommand.Create(),
        };
        root.Add(OutputFeature.Json);
        root.Add(ConnectionFeature.ConfigFile);
        root.Add(ConnectionFeature.Server);
        return root;
    }
}
