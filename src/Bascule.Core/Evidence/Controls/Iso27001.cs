using static Bascule.Core.Evidence.Tables.EvidenceTables;

namespace Bascule.Core.Evidence.Controls;

/// <summary>Annex A of ISO/IEC 27001:2022, the controls that a log of access and change speaks to.</summary>
internal static class Iso27001
{
    public static Framework Framework { get; } =
        new(
            "iso27001",
            "ISO/IEC 27001:2022, Annex A",
            [
                new(
                    "A.5.3",
                    "Conflicting duties are separated",
                    "Approvals by others than whoever brought the change, and those refused because they were not by others.",
                    "Duties outside the path from commit to run.",
                    [ApprovalDecisions, Changes]
                ),
                new(
                    "A.5.15",
                    "Access is controlled by rules",
                    "Each decision with the rule that made it.",
                    "The policy on paper, and access that does not lead through Bascule.",
                    [AccessDecisions]
                ),
                new(
                    "A.5.16",
                    "Identities are managed over their whole life",
                    "Accounts linked and unlinked, issuers confirmed, identities retired.",
                    "How your identity provider makes and ends accounts.",
                    [AccessRights, IdentitiesRetired]
                ),
                new(
                    "A.5.17",
                    "Authentication information is handed out and replaced under control",
                    "Keys and credentials made, replaced and ended; tokens for git given and revoked.",
                    "Passwords, second factors and what people are told about them: they are your identity provider's.",
                    [Rotations, AccessDecisions]
                ),
                new(
                    "A.5.18",
                    "Access rights are given, reviewed, changed and taken away",
                    "What was given and taken away, when and by whom, and that whoever was retired was refused after.",
                    "The periodic review of rights.",
                    [AccessRights, IdentitiesRetired, AccessDecisions]
                ),
                new(
                    "A.5.28",
                    "Evidence is collected and kept so that it can be relied on",
                    "Every entry of this pack stands under a signed checkpoint, and is checked with tools of others.",
                    "That an entry is true: the log proves what was written and that it was not changed since.",
                    [Operations, Attestations]
                ),
                new(
                    "A.5.33",
                    "Records are protected against loss, change and forgery",
                    "The tree and its checkpoint, witnesses where there are any, and each deletion of old records by the settings.",
                    "The records' backups and where they lie.",
                    [Operations]
                ),
                new(
                    "A.8.2",
                    "Privileged access is limited and managed",
                    "First administrators, breaking glass, and what holders of the local token did (actor `operator`).",
                    "Privileges on the machines, the database, the forge and the platform.",
                    [Exceptions, AccessRights, ApprovalDecisions]
                ),
                new(
                    "A.8.4",
                    "Reading and writing source code is controlled",
                    "What was fetched, read and pushed through the Git proxy, under which token and rule, and what was refused; every move of a branch that Bascule saw.",
                    "Reads at the forge itself, past Bascule.",
                    [AccessDecisions, CodeChanges]
                ),
                new(
                    "A.8.15",
                    "What happens is logged, and logs are protected",
                    "The log itself: what this pack has of it is proven against a checkpoint.",
                    "Logs of other systems.",
                    [Operations, AccessDecisions]
                ),
                new(
                    "A.8.16",
                    "What is out of the ordinary is noticed",
                    "Forged statuses, rewritten histories, refused deliveries, work that failed too often.",
                    "That somebody looked at it, and monitoring of anything else.",
                    [Exceptions, Operations, CodeChanges, AccessDecisions]
                ),
                new(
                    "A.8.17",
                    "Clocks agree",
                    "Each time that the clock was found to have gone back.",
                    "Which source of time the machines use.",
                    [Exceptions]
                ),
                new(
                    "A.8.31",
                    "Development, test and production are separate",
                    "Changes by environment, each with the rules of that environment.",
                    "How the environments are kept apart on the platform.",
                    [Changes]
                ),
                new(
                    "A.8.32",
                    "Changes are controlled",
                    "Every change that was to run in an environment: commit, plan, decision, approvals, calls, signed statement.",
                    "Tests, and changes made on a platform past Bascule.",
                    [Changes, ApprovalDecisions, Calls, CodeChanges, Exceptions, Attestations]
                ),
            ],
            "Everything else of Annex A and of clauses 4 to 10: organisation, people, physical controls, suppliers, risk, incidents, continuity. Cryptography (A.8.24) is answered for the log and its signatures alone."
        );
}
