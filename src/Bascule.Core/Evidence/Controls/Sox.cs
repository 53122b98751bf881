using static Bascule.Core.Evidence.Tables.EvidenceTables;

namespace Bascule.Core.Evidence.Controls;

/// <summary>IT general controls under section 404 of the Sarbanes-Oxley Act, by the four areas that audits are arranged in. The law itself numbers none.</summary>
internal static class Sox
{
    public static Framework Framework { get; } =
        new(
            "sox",
            "Sarbanes-Oxley, section 404: IT general controls",
            [
                new(
                    "APD-1",
                    "Access to programs and data: only who may gets in",
                    "Each decision with its rule, sign-ins, and tokens given and refused.",
                    "Access to the financial application, the database and the machines.",
                    [AccessDecisions]
                ),
                new(
                    "APD-2",
                    "Access to programs and data: rights are given on request and taken away in time",
                    "What gives access and how it changed; retirements with the first refusal after.",
                    "Requests and tickets, dates of leaving, and periodic reviews.",
                    [AccessRights, IdentitiesRetired]
                ),
                new(
                    "APD-3",
                    "Access to programs and data: credentials and privileged access",
                    "Replacement of credentials and keys; first administrators and breaking glass.",
                    "Passwords and second factors.",
                    [Rotations, Exceptions]
                ),
                new(
                    "PC-1",
                    "Program changes: approved before they run",
                    "The whole population of changes by environment, each with its approvals.",
                    "Changes made on a platform past Bascule.",
                    [Changes, ApprovalDecisions]
                ),
                new(
                    "PC-2",
                    "Program changes: made by one, approved by another",
                    "Who approved, who was refused and by which rule; who moved which branch.",
                    "Whom a pseudonym stands for: the operator tells whoever may know.",
                    [ApprovalDecisions, CodeChanges]
                ),
                new(
                    "PC-3",
                    "Program changes: emergency changes are looked at afterwards",
                    "Every run that was let go without approval, and whether somebody else reviewed it in time.",
                    "What the review found.",
                    [Exceptions]
                ),
                new(
                    "PC-4",
                    "Program changes: what ran is what was approved",
                    "Digests of commit, content and plan in decision, approval and signed statement: the same three.",
                    "That the platform did what it was told.",
                    [Changes, ApprovalDecisions, Attestations]
                ),
                new(
                    "PD-1",
                    "Program development: new programs pass the same gate",
                    "The first run of a workflow in an environment is a change like any other.",
                    "Method, requirements, design, tests and acceptance: nothing here speaks of them.",
                    [Changes]
                ),
                new(
                    "CO-1",
                    "Computer operations: jobs run as they should, and failures are followed",
                    "Calls to platforms and how they ended, work set aside, replayed or dismissed with the reason.",
                    "The schedule of the platform's own jobs.",
                    [Calls, Operations]
                ),
                new(
                    "CO-2",
                    "Computer operations: recovery and keeping of records",
                    "Restores, imports, resumptions, deletion of old records.",
                    "Tests of recovery, and that backups are made.",
                    [Operations]
                ),
            ],
            "Entity-level and application controls, and every system that Bascule does not lead to. The numbers of the controls are this pack's own: put your own control matrix beside them."
        );
}
