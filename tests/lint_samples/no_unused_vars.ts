function nobodyCalls(): void {}
